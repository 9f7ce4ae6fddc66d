using LongT5.Server.Native;

namespace LongT5.Server.Tests;

/// <summary>What people are told of the time that is left.</summary>
public sealed class TimeLeftTests
{
    [Fact]
    public void The_time_that_is_left_of_a_text_in_parts_is_that_of_all_of_them()
    {
        var time = new SetTime();
        var left = new TimeLeft(time);
        Assert.Null(left.Of(new("reading", 0, 4) { Part = 1, Parts = 10 }));
        time.Now = TimeSpan.FromSeconds(5);
        Assert.Equal(TimeSpan.FromSeconds(45), left.Of(new("reading", 0, 4) { Part = 2, Parts = 10 }));
        Assert.Equal(TimeSpan.Zero, left.Of(new("writing", 4, 4) { Part = 10, Parts = 10 }));
    }

    [Fact]
    public void Progress_is_told_ten_times_in_a_second_and_at_the_end_of_a_phase()
    {
        var time = new SetTime();
        var left = new TimeLeft(time);
        Assert.True(left.IsDue(new("reading", 0, 4)));
        time.Now = TimeSpan.FromMilliseconds(99);
        Assert.False(left.IsDue(new("reading", 1, 4)));
        Assert.True(left.IsDue(new("reading", 4, 4)));
        Assert.True(left.IsDue(new("writing", 0, 4)));
        time.Now += TimeSpan.FromMilliseconds(100);
        Assert.True(left.IsDue(new("writing", 1, 4)));
    }

    /// <summary>A clock that stands where it was set.</summary>
    private sealed class SetTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
