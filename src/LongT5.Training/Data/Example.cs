namespace LongT5.Training.Data;

/// <summary>What the model reads and what it is to write, as token ids, end tokens included.</summary>
/// <param name="Input">The encoder's tokens.</param>
/// <param name="Target">The decoder's tokens; the start token is not among them.</param>
public sealed record Example(int[] Input, int[] Target)
{
    /// <summary>What each sentence of the input is worth for a summary; empty where nothing is known of that.</summary>
    public IReadOnlyList<SentenceWorth> Worths { get; init; } = [];
}

/// <summary>What a sentence is worth beside the others of its text.</summary>
/// <param name="Place">Where its first token stands in the input.</param>
/// <param name="Worth">0 for the mean of the text, in standard deviations, between -2 and 2.</param>
public readonly record struct SentenceWorth(int Place, float Worth);
