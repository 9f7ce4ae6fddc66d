namespace LongT5.Documents;

/// <summary>How a document is to be read.</summary>
public sealed record ReadingOptions
{
    /// <summary>What opens a protected document.</summary>
    public string? Password { get; init; }
}
