namespace LongT5.Training.Data;

/// <summary>What the model reads and what it is to write, as token ids, end tokens included.</summary>
/// <param name="Input">The encoder's tokens.</param>
/// <param name="Target">The decoder's tokens; the start token is not among them.</param>
public sealed record TokenizedExample(int[] Input, int[] Target)
{
    /// <summary>What a head of labels is to say; null where words are to be written.</summary>
    public HeadTarget? Head { get; init; }

    /// <summary>The source that its row belongs to; null where the run has one.</summary>
    public string? Source { get; init; }

    /// <summary>The labels of which the loss is the mean.</summary>
    public int Labels => Head?.Count ?? Target.Length;

    /// <summary>How salient each sentence of the input is; empty where nothing is known of that.</summary>
    public IReadOnlyList<SentenceSalience> Salience { get; init; } = [];

    /// <summary>What may be written, uncut; null where that is the target.</summary>
    public IReadOnlyList<string>? References { get; init; }
}

/// <summary>How much a sentence says of what its text says, beside the others.</summary>
/// <param name="Place">Where its first token stands in the input.</param>
/// <param name="Value">0 for the mean of the text, in standard deviations, between -2 and 2.</param>
public readonly record struct SentenceSalience(int Place, float Value);
