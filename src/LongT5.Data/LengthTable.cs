namespace LongT5.Data;

/// <summary>
/// How long texts are, in tokens: the figures that the paper gives of its data sets, and a histogram.
/// </summary>
public sealed record LengthTable
{
    /// <summary>Number of texts.</summary>
    public required int Count { get; init; }

    /// <summary>Mean length.</summary>
    public required double Average { get; init; }

    /// <summary>The length that half of the texts do not exceed.</summary>
    public required double Median { get; init; }

    /// <summary>The length that nine texts in ten do not exceed.</summary>
    public required int Percentile90 { get; init; }

    /// <summary>Length of the longest text.</summary>
    public required int Maximum { get; init; }

    /// <summary>Texts by length: those from <c>From</c> to below the next <c>From</c>; bounds double.</summary>
    public required IReadOnlyList<(int From, int Count)> Histogram { get; init; }

    /// <summary>The table of these lengths.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static LengthTable Of(IEnumerable<int> lengths)
    {
        var sorted = lengths.Order().ToArray();
        if (sorted.Length == 0)
            throw new ArgumentException("There is no text whose length could be taken.", nameof(lengths));
        var bounds = new List<int> { 0 };
        for (var bound = 64; bound <= sorted[^1]; bound *= 2) bounds.Add(bound);
        return new LengthTable
        {
            Count = sorted.Length,
            Average = sorted.Average(),
            Median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0,
            Percentile90 = sorted[(int)Math.Ceiling(0.9 * sorted.Length) - 1],
            Maximum = sorted[^1],
            Histogram = [.. bounds.Select((from, i) =>
                (From: from,
                    Count: sorted.Count(length => length >= from && (i + 1 == bounds.Count || length < bounds[i + 1]))))
                .SkipWhile(bar => bar.Count == 0)],
        };
    }
}
