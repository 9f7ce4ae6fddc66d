namespace LongT5.Tasks;

/// <summary>How long a summary may become.</summary>
public enum SummaryLength
{
    /// <summary>At most 64 tokens: two or three sentences.</summary>
    Short,

    /// <summary>At most 192 tokens: a paragraph.</summary>
    Medium,

    /// <summary>At most 512 tokens: most of a page.</summary>
    Long,
}

/// <summary>Facts about lengths.</summary>
public static class SummaryLengths
{
    /// <summary>The most tokens that a summary of this length has; an English word takes about 1.4.</summary>
    public static int Tokens(this SummaryLength length) => length switch
    {
        SummaryLength.Short => 64,
        SummaryLength.Medium => 192,
        _ => 512,
    };
}

/// <summary>Whether a summary is made of whole sentences of the text and of nothing else.</summary>
public enum Quoting
{
    /// <summary>It need not be.</summary>
    Free,

    /// <summary>It is, in any order.</summary>
    Verbatim,

    /// <summary>It is, in the order of the text.</summary>
    VerbatimInOrder,
}

/// <summary>How to summarise.</summary>
public sealed record SummaryOptions : TextOptions
{
    /// <summary>
    /// How long the summary may become. Null for what the checkpoint says, or else <see cref="SummaryLength.Medium"/>.
    /// </summary>
    public SummaryLength? Length { get; init; }

    /// <summary>
    /// Whether only whole sentences of the text may be written, each token for token and at most once. Null for what
    /// the checkpoint says: <see cref="Quoting.Verbatim"/> for one that quotes, <see cref="Quoting.Free"/> for others.
    /// </summary>
    public Quoting? Quoting { get; init; }

    /// <summary>
    /// Whether each section or chapter has a summary of its own too (<see cref="Summary.Sections"/>); null for one
    /// summary alone.
    /// </summary>
    public SummaryBy? By { get; init; }

    /// <summary>Whether the summary comes with <see cref="Summary.Evidence"/>.</summary>
    public EvidenceMode Evidence { get; init; }

    /// <summary>
    /// Whether the summary is all that the model writes, decoded, as the reference gives it: cut wherever a limit
    /// falls, of any text, with the least length that the checkpoint says. Otherwise it ends with a whole sentence and
    /// before the model repeats itself, quotes in the characters of the text, and need not be longer than a quarter of
    /// it; a text that is no longer than its summary may be stays as it is.
    /// </summary>
    public bool CutAnywhere { get; init; }

    /// <summary>
    /// Whether sentences with a <see cref="Doubt"/> are left out: what is left is told of in the summary's warnings.
    /// Not for a summary that is given out while it grows.
    /// </summary>
    public bool Strict { get; init; }
}
