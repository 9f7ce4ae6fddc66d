namespace LongT5.Evaluation;

/// <summary>How far two series of numbers go together, from -1 to 1; NaN where one of them never changes.</summary>
public static class Correlation
{
    /// <summary>Pearson's: how near the pairs lie to a line.</summary>
    /// <param name="predictions">The one series; at least one number.</param>
    /// <param name="values">The other, as many.</param>
    /// <exception cref="ArgumentException">There is nothing, or there are not as many.</exception>
    public static double Pearson(IReadOnlyList<double> predictions, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Paired.Check(predictions, [.. values.Select(value => (IReadOnlyList<double>)[value])]);
        var (meanX, meanY) = (predictions.Average(), values.Average());
        double product = 0, squareX = 0, squareY = 0;
        foreach (var (x, y) in predictions.Zip(values))
        {
            var (dx, dy) = (x - meanX, y - meanY);
            (product, squareX, squareY) = (product + dx * dy, squareX + dx * dx, squareY + dy * dy);
        }
        return product / Math.Sqrt(squareX * squareY);
    }

    /// <summary>Spearman's: Pearson's of the ranks, equal numbers sharing the mean of theirs.</summary>
    /// <inheritdoc cref="Pearson"/>
    public static double Spearman(IReadOnlyList<double> predictions, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(values);
        return Pearson(Ranks(predictions), Ranks(values));
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[order.Length];
        for (var first = 0; first < order.Length;)
        {
            var end = first + 1;
            while (end < order.Length && values[order[end]] == values[order[first]]) end++;
            for (var i = first; i < end; i++) ranks[order[i]] = (first + end + 1) / 2.0;
            first = end;
        }
        return ranks;
    }
}
