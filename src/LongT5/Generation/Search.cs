using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// The search for one input's sequences: says which tokens to feed after which nodes, and takes the logits that follow.
/// </summary>
/// <remarks>It sees nothing of other inputs, so what stands beside it in a batch cannot change what it finds.</remarks>
abstract class Search(Settings settings, LogitRule[] rules, StopStrings? stops)
{
    /// <summary>Tokens that are fed ahead at most: each has a row of logits.</summary>
    private const int MostAhead = 32;

    /// <summary>The node after which the prompt's last token is fed.</summary>
    private protected int Before { get; private set; }

    private protected Settings Settings { get; } = settings;

    private protected LogitRule[] Rules { get; } = rules;

    /// <summary>Calls of the decoder so far.</summary>
    public int Steps { get; private protected set; }

    public bool Done { get; private protected set; }

    /// <summary>Whether nodes that were fed are needed no more, other than by being done.</summary>
    public bool Dropped { get; private protected set; }

    /// <summary>Feeds all of the prompt but its last token; nothing is asked of these positions.</summary>
    public void Begin(Feed feed, int input)
    {
        Before = DecoderSession.Root(input);
        foreach (var token in Settings.Prompt.AsSpan(..^1))
            Before = feed.Add(Before, token);
    }

    /// <summary>Feeds the tokens of the next step; the logits after each of them are wanted.</summary>
    public abstract void Propose(Feed feed);

    /// <summary>Takes the logits after what was proposed.</summary>
    /// <param name="logits">[proposed, V]; may be written over.</param>
    /// <param name="late">Whether time is over, so that every sequence ends here.</param>
    public abstract void Accept(Span<float> logits, bool late);

    /// <summary>Adds the nodes on whose paths the search goes on.</summary>
    public abstract void Needs(List<int> nodes);

    /// <summary>Adds the nodes on whose paths the sequences lie that are found.</summary>
    public abstract void Found(List<int> nodes);

    /// <summary>The beginning that all sequences that can still win have in common, from the start token on.</summary>
    public abstract ReadOnlySpan<int> Agreed { get; }

    /// <summary>Tokens of the sequence that is ahead.</summary>
    public abstract int Length { get; }

    /// <summary>The sequences, best first; once it is done.</summary>
    public abstract IEnumerable<Generated> Results(int input);

    /// <summary>Why a sequence that has just grown by its last token ends there; null where it goes on.</summary>
    private protected GenerationEnd? EndOf(ReadOnlySpan<int> ids, bool late)
        => Settings.EndTokens.AsSpan().Contains(ids[^1]) ? GenerationEnd.EndToken
            : stops is not null && stops.Ends(ids) ? GenerationEnd.StopString
            : ids.Length >= Settings.MaxLength ? GenerationEnd.Length
            : late ? GenerationEnd.Time
            : null;

    /// <summary>What must follow a sequence, whatever the model says.</summary>
    private protected ReadOnlySpan<int> Certain(ReadOnlySpan<int> ids)
    {
        var certain = Settings.Quotations is { } quotations ? quotations.Certain(ids[Settings.Prompt.Length..]) : [];
        return certain[..Math.Min(certain.Length, MostAhead)];
    }

    private protected void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        foreach (var rule in Rules)
            rule.Apply(ids, scores);
    }

    private protected static ArithmeticException NotANumber() => new(
        "The model's scores are not numbers: its weights are damaged, or overflow. Verify the checkpoint; "
        + "remove_invalid_values goes on regardless.");
}
