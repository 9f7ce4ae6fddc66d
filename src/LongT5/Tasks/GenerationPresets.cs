using LongT5.Generation;

namespace LongT5.Tasks;

/// <summary>Generation options that go well together, under a name.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Description">What it is good for, in a few words.</param>
/// <param name="Options">What it says; a call stands above it, the model's own files below.</param>
public sealed record GenerationPreset(string Name, string Description, GenerationOptions Options);

/// <summary>The presets.</summary>
public static class GenerationPresets
{
    /// <summary>Greedy decoding without any rule.</summary>
    public static GenerationPreset Greedy { get; } =
        new("greedy", "the likeliest token each time", new() { NumBeams = 1, DoSample = false, PenaltyAlpha = 0 });

    /// <summary>
    /// Greedy decoding with look-up drafts: the same text in fewer steps where the output quotes the document.
    /// </summary>
    public static GenerationPreset Fast { get; } =
        new("fast", "greedy, drafts checked at once",
            new() { NumBeams = 1, DoSample = false, PenaltyAlpha = 0, PromptLookupNumTokens = 10 });

    /// <summary>A beam search that does not repeat itself.</summary>
    public static GenerationPreset Beams { get; } = new("beams", "4 beams, no 3 tokens twice",
        new() { NumBeams = 4, DoSample = false, EarlyStopping = EarlyStopping.WhenFull, NoRepeatNgramSize = 3 });

    /// <summary>What the community's long-document tools use (textsum): own words rather than quotations.</summary>
    public static GenerationPreset Book { get; } = new("book", "4 beams, own words, for long books",
        new()
        {
            NumBeams = 4,
            DoSample = false,
            EarlyStopping = EarlyStopping.WhenFull,
            NoRepeatNgramSize = 3,
            EncoderNoRepeatNgramSize = 4,
            RepetitionPenalty = 2.5,
            MinNewTokens = 8,
        });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GenerationPreset> All { get; } = [Greedy, Fast, Beams, Book];
}
