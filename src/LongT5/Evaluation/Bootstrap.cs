namespace LongT5.Evaluation;

/// <summary>A mean and how sure it is.</summary>
/// <param name="Mean">The mean of the values.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="Mid">The median of the resampled means: what T5's results report.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Interval(double Mean, double Low, double Mid, double High);

/// <summary>Two systems on the same examples.</summary>
/// <param name="Difference">Mean of the second less mean of the first.</param>
/// <param name="PValue">How probable a difference so large, on either side, is where there is none.</param>
public readonly record struct Comparison(Interval Difference, double PValue);

/// <summary>
/// Intervals and tests by resampling (Efron, 1979; Koehn, 2004). The same seed gives the same figures on every machine.
/// </summary>
public sealed record Bootstrap
{
    /// <summary>How often the examples are drawn anew.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>The share of resampled means that lies in the interval.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Where the drawing starts.</summary>
    public int Seed { get; init; }

    /// <summary>The interval of a mean.</summary>
    /// <exception cref="ArgumentException">There are no values, or the settings make no sense.</exception>
    public Interval Of(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) throw new ArgumentException("An interval needs at least one value.", nameof(values));
        var means = Means([.. values]);
        var tail = (1 - Confidence) / 2;
        return new(values.Average(), Percentile(means, tail), Percentile(means, 0.5), Percentile(means, 1 - tail));
    }

    /// <summary>Whether the second system is better: the paired bootstrap.</summary>
    /// <param name="first">A score for each example.</param>
    /// <param name="second">The other system's scores for the same examples.</param>
    public Comparison Compare(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
            throw new ArgumentException($"The first system has {first.Count} scores, the second {second.Count}; a "
                + $"pair is needed for each example.", nameof(second));
        double[] differences = [.. second.Zip(first, (b, a) => b - a)];
        var interval = Of(differences);
        // Centred, the resampled means show what chance alone does.
        var byChance = Means(differences).Count(mean => Math.Abs(mean - interval.Mean) >= Math.Abs(interval.Mean));
        return new(interval, (byChance + 1.0) / (Resamples + 1.0));
    }

    // Sorted.
    private double[] Means(double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resamples, 1);
        if (Confidence is not (> 0 and < 1))
            throw new ArgumentException($"Confidence is {Confidence}; expected a share between 0 and 1.");
        var means = new double[Resamples];
        Parallel.For(0, Resamples, resample =>
        {
            var state = ((ulong)(uint)Seed << 32) + (ulong)resample + 1;
            state = SplitMix(ref state);
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++)
                sum += values[Math.BigMul(SplitMix(ref state), (ulong)values.Length, out _)];
            means[resample] = sum / values.Length;
        });
        Array.Sort(means);
        return means;
    }

    // Between two neighbours, as numpy.percentile interpolates.
    private static double Percentile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }

    // Steele, Lea and Flood, 2014.
    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
