using LongT5.Tasks;

namespace LongT5.Server.Serving;

/// <summary>What is made of a text.</summary>
enum TextKind
{
    /// <summary>A summary.</summary>
    Summary,

    /// <summary>An answer to a question.</summary>
    Answer,

    /// <summary>Whatever the model writes on it.</summary>
    Text,
}

/// <summary>What a request asks of a model, whichever API it came by.</summary>
sealed record TextRequest
{
    /// <summary>The model.</summary>
    public required OpenModel Model { get; init; }

    /// <summary>What is made.</summary>
    public required TextKind Kind { get; init; }

    /// <summary>The text that is read, and what is known of it.</summary>
    public required InputText Text { get; init; }

    /// <summary>The question of an answer.</summary>
    public string Question { get; init; } = "";

    /// <summary>What is asked beside it.</summary>
    public SummaryOptions Options { get; init; } = new();

    /// <summary>Texts before which the output ends.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>What a reader should know before anything has been read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What happens while a request is worked on: one of these.</summary>
/// <param name="Place">Its place in the line has changed; 0: it begins.</param>
/// <param name="Progress">It goes on.</param>
/// <param name="Text">More of the text has become final.</param>
readonly record struct Happening(int? Place = null, GenerationProgress? Progress = null, string? Text = null);
