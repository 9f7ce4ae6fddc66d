using LongT5.Evaluation;

namespace LongT5.Tests.Evaluation;

public sealed class BootstrapTests
{
    private static readonly double[] Values = [.. Enumerable.Range(0, 400).Select(i => i % 7 / 6.0)];

    [Fact]
    public void An_interval_holds_the_mean_and_is_as_wide_as_theory_says()
    {
        var interval = new Bootstrap { Seed = 3 }.Of(Values);
        var mean = Values.Average();
        var error = Math.Sqrt(Values.Sum(value => (value - mean) * (value - mean))) / Values.Length;
        Assert.Equal(mean, interval.Mean, 12);
        Assert.Equal(mean, interval.Mid, 0.2 * error);
        Assert.Equal(mean - (1.96 * error), interval.Low, 0.25 * error);
        Assert.Equal(mean + (1.96 * error), interval.High, 0.25 * error);
    }

    [Fact]
    public void The_seed_decides()
    {
        Assert.Equal(new Bootstrap { Seed = 1 }.Of(Values), new Bootstrap { Seed = 1 }.Of(Values));
        Assert.NotEqual(new Bootstrap { Seed = 1 }.Of(Values), new Bootstrap { Seed = 2 }.Of(Values));
    }

    [Fact]
    public void A_system_that_is_better_is_told_from_one_that_is_not()
    {
        double[] better = [.. Values.Select((value, i) => value + (i % 3 == 0 ? 0.2 : 0))];
        double[] shuffled = [.. Values.Select((value, i) => value + (i % 2 == 0 ? 0.2 : -0.2))];
        Assert.True(new Bootstrap().Compare(Values, better) is { PValue: < 0.01, Difference.Low: > 0 });
        Assert.True(new Bootstrap().Compare(Values, shuffled).PValue > 0.2);
        Assert.True(new Bootstrap().Compare(Values, Values).PValue > 0.99);
    }

    [Fact]
    public void Settings_without_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Bootstrap().Of([]));
        Assert.Throws<ArgumentException>(() => new Bootstrap { Confidence = 1 }.Of(Values));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bootstrap { Resamples = 0 }.Of(Values));
        Assert.Throws<ArgumentException>(() => new Bootstrap().Compare(Values, [1]));
    }
}
