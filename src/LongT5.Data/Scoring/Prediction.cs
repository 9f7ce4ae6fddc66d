namespace LongT5.Data.Scoring;

/// <summary>What a system wrote for one example.</summary>
/// <param name="Id">The example.</param>
/// <param name="Text">What it wrote.</param>
public sealed record Prediction(string Id, string Text)
{
    /// <summary>Tokens that it read; 0 where nobody counted.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens of the input that it did not read: the end, where a limit cut it.</summary>
    public int DroppedTokens { get; init; }

    /// <summary>Tokens that it wrote.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Seconds that it took, shared evenly among the examples of a batch.</summary>
    public double Seconds { get; init; }
}
