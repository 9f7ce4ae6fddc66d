namespace LongT5.Extensions.AI;

/// <summary>How a <see cref="LongT5EmbeddingGenerator"/> reads.</summary>
public sealed record LongT5EmbeddingOptions
{
    /// <summary>What the model is called in requests and answers; null for the name of its folder.</summary>
    public string? ModelId { get; init; }

    /// <summary>Most tokens that are read of a text, the end token among them; null for all.</summary>
    public int? MaxTokens { get; init; }
}
