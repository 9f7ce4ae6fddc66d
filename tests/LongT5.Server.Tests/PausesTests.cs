using LongT5.Server.Serving;

namespace LongT5.Server.Tests;

/// <summary>Silence that is made heard.</summary>
public sealed class PausesTests
{
    [Fact]
    public async Task Who_is_waited_for_a_thousand_times_leaves_no_clock_running()
    {
        var before = Timer.ActiveCount;
        await foreach (var happening in Happenings(1000).WithPauses(TimeSpan.FromHours(1)))
            Assert.NotNull(happening);
        Assert.InRange(Timer.ActiveCount - before, -1000, 500);
    }

    [Fact]
    public async Task A_pause_is_heard_until_something_happens()
    {
        var heard = new List<Happening?>();
        var go = new TaskCompletionSource();
        await foreach (var happening in After(go.Task).WithPauses(TimeSpan.FromMilliseconds(1)))
        {
            heard.Add(happening);
            if (heard.Count == 3) go.SetResult();
        }
        Assert.True(heard.Count > 3);
        Assert.NotNull(heard[^1]);
        Assert.All(heard[..^1], Assert.Null);
    }

    private static async IAsyncEnumerable<Happening> Happenings(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new(Text: "a");
        }
    }

    private static async IAsyncEnumerable<Happening> After(Task task)
    {
        await task;
        yield return new(Text: "a");
    }
}
