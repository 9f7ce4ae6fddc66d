namespace LongT5.Tasks;

/// <summary>What is asked of a head of labels beside the text.</summary>
public record LabelOptions
{
    /// <summary>What stands before the text; null for what the model was trained with.</summary>
    public string? Prefix { get; init; }

    /// <summary>
    /// Most tokens that are read at once, the end token among them, 2 or more; null for what the model was trained for,
    /// or all where nothing says so.
    /// </summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>Of a model that gives any number of labels: the least probability of one that is given, 0 to 1.
    /// </summary>
    public double Threshold { get; init; } = 0.5;

    /// <exception cref="ArgumentException">A number out of its range.</exception>
    internal virtual void Check()
    {
        if (MaxInputTokens is < 2)
            throw new ArgumentException($"{MaxInputTokens} tokens are to be read at most; 2 or more was expected.");
        if (Threshold is not (>= 0 and <= 1))
            throw new ArgumentException($"the threshold is {Threshold}; a probability from 0 to 1 was expected.");
    }
}
