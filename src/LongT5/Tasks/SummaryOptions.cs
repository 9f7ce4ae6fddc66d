using LongT5.Generation;

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

/// <summary>What is asked of a model beside the text itself.</summary>
public record TextOptions
{
    /// <summary>Generation options; they stand above <see cref="Preset"/>, which stands above what the model's files say.</summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>Options that give way to what <see cref="Generation"/> says.</summary>
    public GenerationOptions? Preset { get; init; }

    /// <summary>What is put before the text; null for what the checkpoint says, which is nothing for most.</summary>
    public string? Prefix { get; init; }

    /// <summary>Most tokens that are read, the prefix and the end token among them; null for all.</summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>Whether a text that is too long is cut at exactly that token, as the reference cuts, or at the end of a sentence.</summary>
    public bool CutsInside { get; init; }

    /// <summary>As many tokens as the model says it can make sense of; <see cref="MaxInputTokens"/> stands above it.</summary>
    public int? ModelMaxInputTokens { get; internal init; }

    /// <summary>Most bytes of memory to take beside the weights; null for what the machine has free.</summary>
    public long? MaxMemory { get; init; }
}

/// <summary>How to summarise.</summary>
public sealed record SummaryOptions : TextOptions
{
    /// <summary>How long the summary may become. Null for what the checkpoint says, or else <see cref="SummaryLength.Medium"/>.</summary>
    public SummaryLength? Length { get; init; }
}
