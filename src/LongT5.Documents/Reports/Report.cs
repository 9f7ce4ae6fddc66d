using LongT5.Tasks;

namespace LongT5.Documents.Reports;

/// <summary>A summary with its document, for a person to check: each sentence leads to the passages that were read for
/// it, and what is doubtful is marked.</summary>
/// <param name="Document">The document.</param>
/// <param name="Summary">Its summary; <see cref="Summary.Evidence"/> is what its sentences lead to.</param>
public sealed record Report(Document Document, Summary Summary)
{
    /// <summary>What the document is called, such as its file's name; its title stands above it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What stands at the foot: a name and a value each, such as the model and the time.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Figures { get; init; } = [];

    /// <summary>The title of the document, or else its name.</summary>
    public string Title => Document.Title is { Length: > 0 } title ? title : Name.Length > 0 ? Name : "Summary";

    /// <summary>A page that needs nothing beside it: script, style and data are in it, nothing is fetched.</summary>
    public string ToHtml() => ReportPage.Write(this);

    /// <summary>The summary in Markdown, with its passages as notes.</summary>
    public string ToMarkdown() => ReportMarkdown.Write(this);

    /// <summary>What <see cref="ReportPage.Script"/> shows: one object of JSON, which may stand within HTML.</summary>
    public string ToJson() => ReportJson.Write(this);
}
