namespace LongT5.Tasks;

/// <summary>One whole sentence of a text that was read for a sentence of its summary.</summary>
/// <param name="Start">Where it begins in the text that was given to the summarizer, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Text">Its words: <c>text[Start..End]</c>.</param>
/// <param name="Weight">How much speaks for it, from 0 to 1; 1 where the sentence of the summary stands in it word for
/// word.</param>
public sealed record Passage(int Start, int End, string Text, double Weight);

/// <summary>Whether a summary comes with the passages that were read for each of its sentences.</summary>
public enum EvidenceMode
{
    /// <summary>It does not, and nothing is spent on it.</summary>
    None,

    /// <summary>
    /// It does: those that share words and numbers with the sentence, and that the decoder looked at as it wrote it.
    /// </summary>
    Passages,

    /// <summary>
    /// The same, and each of the likeliest is hidden from the model to see how much less likely the sentence becomes.
    /// It takes as long again as some of the writing.
    /// </summary>
    Causal,
}
