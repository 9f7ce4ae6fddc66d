namespace LongT5.Evaluation;

/// <summary>Measures for answers that are one of a few labels.</summary>
public static class Classification
{
    /// <summary>The share of predictions that are the label.</summary>
    public static double Accuracy(IReadOnlyList<string> predictions, IReadOnlyList<string> labels)
    {
        Check(predictions, labels);
        return predictions.Zip(labels).Count(pair => pair.First == pair.Second) / (double)labels.Count;
    }

    /// <summary>
    /// The mean of every label's F1; labels are all that occur on either side, as scikit-learn counts them.
    /// </summary>
    public static double MacroF1(IReadOnlyList<string> predictions, IReadOnlyList<string> labels)
    {
        Check(predictions, labels);
        return predictions.Union(labels).Average(label =>
        {
            var right = predictions.Zip(labels).Count(pair => pair.First == label && pair.Second == label);
            return 2.0 * right
                / (predictions.Count(prediction => prediction == label) + labels.Count(other => other == label));
        });
    }

    /// <summary>
    /// F1 where a text may have any number of labels: of all labels of all texts together, and the mean of every
    /// label's; labels are all that occur on either side.
    /// </summary>
    /// <param name="predictions">The labels that were given to each text.</param>
    /// <param name="labels">Those that it has.</param>
    /// <exception cref="ArgumentException">There is nothing, or there are not as many.</exception>
    public static (double Micro, double Macro) F1(
        IReadOnlyList<IReadOnlyCollection<string>> predictions, IReadOnlyList<IReadOnlyCollection<string>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Paired.Check(predictions, [.. labels.Select(right => (IReadOnlyList<IReadOnlyCollection<string>>)[right])]);
        var names = predictions.Concat(labels).SelectMany(some => some).Distinct().ToList();
        if (names.Count == 0) return (0, 0);
        var counts = names.ConvertAll(name => (
            Right: predictions.Zip(labels).Count(pair => pair.First.Contains(name) && pair.Second.Contains(name)),
            All: predictions.Count(some => some.Contains(name)) + labels.Count(some => some.Contains(name))));
        return (2.0 * counts.Sum(count => count.Right) / counts.Sum(count => count.All),
            counts.Average(count => 2.0 * count.Right / count.All));
    }

    private static void Check(IReadOnlyList<string> predictions, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Paired.Check(predictions, [.. labels.Select(label => (IReadOnlyList<string>)[label])]);
    }
}
