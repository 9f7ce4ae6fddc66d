using System.Diagnostics.CodeAnalysis;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>Where the time of one request went.</summary>
/// <param name="Reading">Cutting the text into tokens and running the encoder over them.</param>
/// <param name="Writing">Running the decoder.</param>
public readonly record struct GenerationTimings(TimeSpan Reading, TimeSpan Writing)
{
    /// <summary>Both.</summary>
    public TimeSpan Total => Reading + Writing;
}

/// <summary>A text that a model wrote, and what is to be known of it.</summary>
public record GeneratedText
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>The log-probability of the text, divided by its length as the options say; comparable between texts of
    /// one request; not a number where none was reckoned.</summary>
    public float Score { get; init; } = float.NaN;

    /// <summary>Tokens that the model read, the prefix and the end token among them.</summary>
    public int InputTokens { get; init; }

    /// <summary>
    /// Tokens of the input that the model did not read, because of a limit or for want of memory; 0 where it read all.
    /// </summary>
    public int DroppedTokens { get; init; }

    /// <summary>Tokens that the model wrote, the end token among them.</summary>
    public int OutputTokens { get; init; }

    /// <summary>
    /// Tokens that the model wrote last and that are not in the text: of a sentence that a limit cut, of a repetition.
    /// </summary>
    public int LeftAwayTokens { get; init; }

    /// <summary>
    /// Its tokens and how likely each was, where <see cref="TextOptions.LikeliestTokens"/> asks for it; null otherwise.
    /// Those of a summary are what the model wrote, which the text gives in the characters of its source. Empty for a
    /// text that was given back as it stood.
    /// </summary>
    public IReadOnlyList<TokenScore>? Tokens { get; init; }

    /// <summary>
    /// Whether the text ends because of a limit of length or time, and not because the model ended it.
    /// </summary>
    public bool IsOutputCut { get; init; }

    /// <summary>Where the time went.</summary>
    public GenerationTimings Timings { get; init; }

    /// <summary>What a reader of the text should know, a sentence each; empty most of the time.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The sentences of the source that it is made of; null where it is made of words.</summary>
    internal IReadOnlyList<string>? Quoted { get; init; }

    /// <summary>Its sentences, in order.</summary>
    internal IReadOnlyList<string> SentenceTexts => Quoted ?? Sentences.Texts(Text);

    /// <summary>The passages that were read for each sentence; null where they were not asked for.</summary>
    internal IReadOnlyList<IReadOnlyList<Passage>>? Passages { get; init; }

    /// <summary>Whether the end of the input was not read.</summary>
    public bool IsInputCut => DroppedTokens > 0;
}

/// <summary>A summary.</summary>
public sealed record Summary : GeneratedText
{
    /// <summary>A summary of one's own, for a program's tests.</summary>
    public Summary()
    {
    }

    [SetsRequiredMembers]
    internal Summary(GeneratedText text, IReadOnlyList<string> sentences)
        : base(text)
        => (Sentences, Evidence) = (sentences, text.Passages);

    /// <summary>Its sentences, in order.</summary>
    public required IReadOnlyList<string> Sentences { get; init; }

    /// <summary>
    /// For each sentence the passages of the text that were read for it, best first; null where they were not asked
    /// for. A list is empty where the text has nothing of the sentence.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<Passage>>? Evidence { get; init; }

    /// <summary>
    /// What in its sentences the text gives no reason for, in their order; empty where nothing was found, which is no
    /// proof.
    /// </summary>
    public IReadOnlyList<Doubt> Doubts { get; init; } = [];

    /// <summary>
    /// Sentences that were left out because of doubts: <see cref="SummaryOptions.Strict"/> asks for it.
    /// </summary>
    public int SentencesLeftOut { get; init; }

    /// <summary>The same with what is doubtful in it, or without it.</summary>
    /// <param name="source">The text that was summarised.</param>
    /// <param name="strict">Whether doubtful sentences are left out.</param>
    internal Summary ComparedWith(string source, bool strict)
    {
        var doubts = Doubting.Doubts.Of(source, Sentences);
        if (!strict || doubts.Count == 0) return this with { Doubts = doubts };
        var doubtful = doubts.Select(doubt => doubt.Sentence).ToHashSet();
        int[] kept = [.. Enumerable.Range(0, Sentences.Count).Where(i => !doubtful.Contains(i))];
        return this with
        {
            Text = Doubting.KeptText.Of(Text, Sentences, kept),
            Sentences = [.. kept.Select(i => Sentences[i])],
            Evidence = Evidence is null ? null : [.. kept.Select(i => Evidence[i])],
            SentencesLeftOut = doubtful.Count,
            Warnings = [.. Warnings, $"{doubtful.Count} of {Sentences.Count} sentences were left out, because "
                + $"{doubts[0].Reason}{(doubtful.Count > 1 ? ", and the like" : "")}."],
        };
    }

    /// <summary>
    /// The parts that a text was read in which is longer than the model reads: those of the text, then those of their
    /// summaries, and so on, in order; empty where it was read in one.
    /// </summary>
    public IReadOnlyList<SummaryPart> Parts { get; init; } = [];

    /// <summary>A summary of each section or chapter, in order; empty where that was not asked for.</summary>
    public IReadOnlyList<SectionSummary> Sections { get; init; } = [];
}

/// <summary>A part of a long text, and its summary.</summary>
/// <param name="Start">Where it begins in the text, in UTF-16 units.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Text">Its summary.</param>
public sealed record SummaryPart(int Start, int End, string Text)
{
    /// <summary>The heading that it stands under; null where none is known.</summary>
    public string? Heading { get; init; }

    /// <summary>1 for a part of the text, 2 for one of the summaries of such parts, and so on.</summary>
    public int Level { get; init; } = 1;

    /// <summary>Tokens that the model read of it, the prefix and the end token among them.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens that the model wrote.</summary>
    public int OutputTokens { get; init; }
}
