using LongT5.Generation;

namespace LongT5.Tasks;

/// <summary>What is asked of a model beside the text itself.</summary>
public record TextOptions
{
    /// <summary>
    /// Generation options; they stand above <see cref="Preset"/>, which stands above what the model's files say.
    /// </summary>
    public GenerationOptions Generation { get; init; } = new();

    /// <summary>Options that give way to what <see cref="Generation"/> says.</summary>
    public GenerationOptions? Preset { get; init; }

    /// <summary>What is put before the text; null for what the checkpoint says, which is nothing for most.</summary>
    public string? Prefix { get; init; }

    /// <summary>Most tokens that are read at once, the prefix and the end token among them; null for what
    /// the model says.</summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>
    /// What becomes of a text that is longer than <see cref="MaxInputTokens"/>, or else
    /// <see cref="ModelMaxInputTokens"/>. Null, where either is known, for <see cref="LongInput.Merge"/> in a summary
    /// and <see cref="LongInput.Fuse"/> in an answer; <see cref="LongInput.Cut"/> elsewhere.
    /// </summary>
    public LongInput? Long { get; init; }

    /// <summary>
    /// Whether a text that is too long is cut at exactly that token, as the
    /// reference cuts, or at the end of a sentence.
    /// </summary>
    public bool CutsInside { get; init; }

    /// <summary>
    /// As many tokens as the model says it can make sense of; <see cref="MaxInputTokens"/> stands above it.
    /// </summary>
    public int? ModelMaxInputTokens { get; internal init; }

    /// <summary>
    /// How many of the likeliest tokens are told of for each token of <see cref="GeneratedText.Tokens"/>; 0 for its own
    /// probability alone; null for nothing.
    /// </summary>
    public int? LikeliestTokens { get; init; }

    /// <summary>Most bytes of memory to take beside the weights; null for what the machine has free.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>What the options themselves give to know, a sentence each.</summary>
    internal IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>
    /// What a call comes to with a model: nothing is left to be decided, and resolving it again changes nothing.
    /// </summary>
    /// <param name="model">The model, whose files say what the call does not.</param>
    /// <param name="tokens">Most tokens to write where neither says; null for the reference's 20.</param>
    /// <exception cref="ArgumentException">Options out of range or in
    /// contradiction; all of them, in one message.</exception>
    public TextOptions Resolve(LongT5Model model, int? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var below = Preset?.Over(model.Defaults) ?? model.Defaults;
        if (Generation.Over(below) is { MaxNewTokens: null, MaxLength: null })
            below = below with { MaxNewTokens = tokens };
        var warnings = new List<string>(Warnings);
        return this with
        {
            Generation = Generation.Resolve(below, warnings),
            Preset = null,
            Prefix = Prefix ?? "",
            Warnings = warnings
        };
    }

    /// <summary>The same with one more sentence to know.</summary>
    internal TextOptions Warn(string sentence) => this with { Warnings = [.. Warnings, sentence] };
}
