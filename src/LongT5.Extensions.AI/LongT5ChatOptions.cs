using LongT5.Tasks;

namespace LongT5.Extensions.AI;

/// <summary>How a <see cref="LongT5ChatClient"/> answers.</summary>
public sealed record LongT5ChatOptions
{
    /// <summary>What the model is called in requests and answers; null for the name of its folder.</summary>
    public string? ModelId { get; init; }

    /// <summary>
    /// Whether the model follows instructions: then those of the system stand before the text, and what it writes is
    /// given as it is. Otherwise the text alone is read, and what is written is a summary.
    /// </summary>
    public bool TakesInstructions { get; init; }

    /// <summary>
    /// What holds where a request says nothing else; of a model that follows instructions, what any text has. By
    /// default summaries come with the passages that were read for them.
    /// </summary>
    public SummaryOptions Defaults { get; init; } = new() { Evidence = EvidenceMode.Passages };

    /// <summary>
    /// The program that reads documents in a process of its own, and the arguments before
    /// <see cref="Documents.ReadingProcess.Verb"/>: this program, where its first line serves that verb.
    /// </summary>
    /// <remarks>
    /// Without one, documents are read in this process: reading cannot be stopped, and a hostile document may take its
    /// processor and memory for long, or end it. Let it be where the documents are your own.
    /// </remarks>
    public IReadOnlyList<string>? ReadingCommand { get; init; }
}
