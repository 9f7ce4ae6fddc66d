namespace LongT5.Data;

/// <summary>One example of a task: what a model reads, and what it should have written.</summary>
public sealed record Example
{
    /// <summary>What the data set calls it, or file and line where it has no name.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// What the task puts before the document: <see cref="Summarizing"/>, or the
    /// question; nothing in tables of one's own.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>The document alone, for baselines and evidence.</summary>
    public required string Document { get; init; }

    /// <summary>Where the words of the document stand that are to be tagged, in UTF-16 units; null where none are.
    /// </summary>
    public IReadOnlyList<(int Start, int End)>? Words { get; init; }

    /// <summary>What is asked of the document; null where the task asks nothing.</summary>
    public string? Question { get; init; }

    /// <summary>What the model reads: prefix and document.</summary>
    public string Input => Prefix + Document;

    /// <summary>What may be written; the first is what training uses.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The prefix of tasks that ask for a summary.</summary>
    public const string Summarizing = "summarize: ";

    /// <summary>An example that asks for a summary.</summary>
    public static Example Summarize(string id, string document, params IReadOnlyList<string> summaries) => new()
    {
        Id = id,
        Prefix = Summarizing,
        Document = document,
        Targets = summaries,
    };

    /// <summary>An example that asks a question of a context.</summary>
    public static Example Answer(string id, string question, string context, params IReadOnlyList<string> answers)
        => new()
        {
            Id = id,
            Prefix = $"question: {question} context: ",
            Question = question,
            Document = context,
            Targets = answers,
        };
}
