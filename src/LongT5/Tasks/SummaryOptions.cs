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

/// <summary>How to summarise.</summary>
public sealed record SummaryOptions : TextOptions
{
    /// <summary>How long the summary may become. Null for what the checkpoint says, or else <see cref="SummaryLength.Medium"/>.</summary>
    public SummaryLength? Length { get; init; }
}
