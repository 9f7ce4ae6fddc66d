namespace LongT5.Tasks;

/// <summary>What makes a sentence of a summary doubtful.</summary>
public enum DoubtKind
{
    /// <summary>A number that the document does not have, or has something else in its place.</summary>
    Number,

    /// <summary>A date that the document does not have.</summary>
    Date,

    /// <summary>A number that the document has, of a unit that it does not have it with.</summary>
    Unit,

    /// <summary>A name that the document does not have, or has another in its place.</summary>
    Name,

    /// <summary>A negation that the passage of these words lacks, or has.</summary>
    Negation,

    /// <summary>No passage of the document carries half of the words.</summary>
    Unsupported,

    /// <summary>The sentence stands in the summary already.</summary>
    Repeated,
}

/// <summary>Something in a sentence of a summary that its document gives no reason for.</summary>
/// <remarks>Doubts come from comparing words; no model is asked. A sentence without any may still be wrong.</remarks>
/// <param name="Kind">What it is.</param>
/// <param name="Sentence">The sentence: an index into <see cref="Summary.Sentences"/>.</param>
/// <param name="Start">Where it begins in the sentence, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Reason">Why, as a clause for a reader: what was looked for, and what is there instead.</param>
public sealed record Doubt(DoubtKind Kind, int Sentence, int Start, int End, string Reason);
