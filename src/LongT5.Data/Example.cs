namespace LongT5.Data;

/// <summary>One example of a task: what a model reads, and what it should have written.</summary>
public sealed record Example
{
    /// <summary>What the data set calls it, or file and line where it has no name.</summary>
    public required string Id { get; init; }

    /// <summary>What the model reads: prefix, question and document, as the task puts them together.</summary>
    public required string Input { get; init; }

    /// <summary>The document alone, for baselines and evidence.</summary>
    public required string Document { get; init; }

    /// <summary>What may be written; the first is what training uses.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>An example that asks for a summary.</summary>
    public static Example Summarize(string id, string document, params IReadOnlyList<string> summaries) => new()
    {
        Id = id,
        Input = "summarize: " + document,
        Document = document,
        Targets = summaries,
    };

    /// <summary>An example that asks a question of a context.</summary>
    public static Example Answer(string id, string question, string context, params IReadOnlyList<string> answers) => new()
    {
        Id = id,
        Input = $"question: {question} context: {context}",
        Document = context,
        Targets = answers,
    };
}
