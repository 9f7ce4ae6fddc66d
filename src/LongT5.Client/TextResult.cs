using System.Text.Json.Serialization;

namespace LongT5.Client;

/// <summary>A text that a model wrote, and what is to be known of it.</summary>
public sealed record TextResult
{
    /// <summary>The request's number in the server's log.</summary>
    public string? Id { get; init; }

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>What was read of a document; null for a text.</summary>
    public ReadDocument? Document { get; init; }

    /// <summary>The summary, the answer or the text.</summary>
    [JsonIgnore]
    public string Text => Summary ?? Answer ?? Written ?? "";

    /// <summary>Why the text ended: <c>model</c>, <c>stop</c> or <c>limit</c>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>The sentences of a summary, in order.</summary>
    public IReadOnlyList<string> Sentences { get; init; } = [];

    /// <summary>For each sentence of a summary the passages that were read for it, best first; null where they were not
    /// asked for.</summary>
    public IReadOnlyList<IReadOnlyList<Passage>>? Evidence { get; init; }

    /// <summary>What in its sentences the text gives no reason for.</summary>
    public IReadOnlyList<Doubt> Doubts { get; init; } = [];

    /// <summary>Sentences that were left out because of doubts.</summary>
    public int SentencesLeftOut { get; init; }

    /// <summary>The log-probability of the text, divided by its length as the options say; null where none was
    /// reckoned.</summary>
    public double? Score { get; init; }

    /// <summary>Tokens that were read.</summary>
    public int TokensIn { get; init; }

    /// <summary>Tokens of the text that were not.</summary>
    public int TokensDropped { get; init; }

    /// <summary>Whether the end of the text was not read.</summary>
    public bool InputCut { get; init; }

    /// <summary>Tokens that were written.</summary>
    public int TokensOut { get; init; }

    /// <summary>Tokens that were written last and are not in the text.</summary>
    public int TokensLeftAway { get; init; }

    /// <summary>Whether the text ends because of a limit.</summary>
    public bool OutputCut { get; init; }

    /// <summary>Seconds of reading.</summary>
    public double SecondsReading { get; init; }

    /// <summary>Seconds of writing.</summary>
    public double SecondsWriting { get; init; }

    /// <summary>What a reader of the text should know, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The parts that a long text was read in; empty where it was read in one.</summary>
    public IReadOnlyList<SummaryPart> Parts { get; init; } = [];

    /// <summary>The other texts, where several were asked for (<c>num_return_sequences</c>), best first.</summary>
    public IReadOnlyList<TextResult> Alternatives { get; init; } = [];

    [JsonInclude]
    internal string? Summary { get; init; }

    [JsonInclude]
    internal string? Answer { get; init; }

    [JsonInclude, JsonPropertyName("text")]
    internal string? Written { get; init; }
}

/// <summary>A document that was read.</summary>
/// <param name="Name">What it was called.</param>
/// <param name="Format">What it is: <c>Pdf</c>, <c>Docx</c>.</param>
/// <param name="Title">Its title, where it says one.</param>
/// <param name="Pages">Its pages or slides, where the format has any.</param>
public sealed record ReadDocument(string? Name, string Format, string? Title, int? Pages);

/// <summary>A sentence of the text that was read for one of the summary.</summary>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Text">Its words.</param>
/// <param name="Weight">How much speaks for it, from 0 to 1.</param>
/// <param name="Section">The heading that it stands under, where the document has any.</param>
/// <param name="Page">The page that its paragraph begins on, where the document has any.</param>
public sealed record Passage(int Start, int End, string Text, double Weight, string? Section, int? Page);

/// <summary>Something in a sentence of a summary that its text gives no reason for.</summary>
/// <param name="Kind">What it is: <c>number</c>, <c>date</c>, <c>unit</c>, <c>name</c>, <c>negation</c>,
/// <c>unsupported</c>, <c>repeated</c>.</param>
/// <param name="Sentence">The sentence: an index into <see cref="TextResult.Sentences"/>.</param>
/// <param name="Start">Where it begins in the sentence, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Text">Its words.</param>
/// <param name="Reason">What was looked for, and what is there instead.</param>
public sealed record Doubt(string Kind, int Sentence, int Start, int End, string Text, string Reason);

/// <summary>A part of a long text, and its summary.</summary>
/// <param name="Level">1 for a part of the text, 2 for one of the summaries of such parts, and so on.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Heading">The heading that it stands under, where one is known.</param>
/// <param name="TokensIn">Tokens that were read of it.</param>
/// <param name="TokensOut">Tokens that were written.</param>
/// <param name="Summary">Its summary.</param>
public sealed record SummaryPart(
    int Level, int Start, int End, string? Heading, int TokensIn, int TokensOut, string Summary);
