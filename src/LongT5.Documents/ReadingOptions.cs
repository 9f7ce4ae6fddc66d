namespace LongT5.Documents;

/// <summary>How a document is to be read.</summary>
public sealed record ReadingOptions
{
    /// <summary>What opens a protected document.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Called page by page, and about every second while another program works on a page of a scan: reading goes on.
    /// </summary>
    public Action? Progress { get; init; }
}
