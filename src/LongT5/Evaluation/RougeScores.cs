namespace LongT5.Evaluation;

/// <summary>How much of one text is in another, each from 0 to 1.</summary>
/// <param name="Precision">The share of the prediction that is in the reference.</param>
/// <param name="Recall">The share of the reference that is in the prediction.</param>
/// <param name="F">Their harmonic mean.</param>
public readonly record struct RougeScore(double Precision, double Recall, double F)
{
    /// <summary>From a count of common things, and of all things on either side; an empty side counts as one.</summary>
    public static RougeScore Of(int common, int predicted, int expected)
    {
        var (precision, recall) = (common / (double)Math.Max(predicted, 1), common / (double)Math.Max(expected, 1));
        return new(precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0);
    }
}

/// <summary>The scores of one prediction.</summary>
/// <param name="One">ROUGE-1: words.</param>
/// <param name="Two">ROUGE-2: pairs of words.</param>
/// <param name="Three">ROUGE-3: triples of words.</param>
/// <param name="L">ROUGE-L: the longest common subsequence of the whole texts.</param>
/// <param name="Lsum">ROUGE-Lsum: the union of longest common subsequences, line by line.</param>
public readonly record struct RougeScores(RougeScore One, RougeScore Two, RougeScore Three, RougeScore L,
    RougeScore Lsum)
{
    /// <summary>The names that ROUGE's reference gives these measures, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["rouge1", "rouge2", "rouge3", "rougeL", "rougeLsum"];

    /// <summary>A score by its place in <see cref="Names"/>.</summary>
    public RougeScore this[int measure] => measure switch
    {
        0 => One,
        1 => Two,
        2 => Three,
        3 => L,
        4 => Lsum,
        _ => throw new ArgumentOutOfRangeException(nameof(measure))
    };

    /// <summary>A score by its name, such as <c>rougeLsum</c>.</summary>
    public RougeScore this[string name]
        => Array.IndexOf([.. Names], name) is >= 0 and var measure ? this[measure]
            : throw new ArgumentException($"There is no measure '{name}'; there are {string.Join(", ", Names)}.",
                nameof(name));
}
