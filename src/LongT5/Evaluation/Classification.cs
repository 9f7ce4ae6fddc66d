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

    private static void Check(IReadOnlyList<string> predictions, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Paired.Check(predictions, [.. labels.Select(label => (IReadOnlyList<string>)[label])]);
    }
}
