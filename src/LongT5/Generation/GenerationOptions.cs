namespace LongT5.Generation;

/// <summary>When a beam search with enough finished hypotheses stops.</summary>
public enum EarlyStopping
{
    /// <summary>When no live beam would win if it ended now (<c>false</c>, the default).</summary>
    Heuristic,

    /// <summary>As soon as there are as many finished hypotheses as beams (<c>true</c>).</summary>
    WhenFull,

    /// <summary>When no live beam can win any more, however long it may still grow (<c>"never"</c>).</summary>
    Never,
}

/// <summary>Raises the end tokens, the more the longer the sequence: by |score| (<paramref name="Factor"/>^n - 1)
/// at n tokens past <paramref name="Start"/> new ones.</summary>
public readonly record struct ExponentialDecay(int Start, double Factor);

/// <summary>
/// Adds <paramref name="Bias"/> to the last of <paramref name="Tokens"/> wherever the others stand before it.
/// </summary>
public readonly record struct SequenceBias(int[] Tokens, double Bias);

/// <summary>
/// How to generate. Names, meanings and defaults are those of Hugging Face's <c>GenerationConfig</c>; null means that
/// nothing was said.
/// </summary>
/// <remarks>
/// The files of a model and the call each say something: <see cref="Over"/> merges what two of them say, and
/// <see cref="Resolve"/> gives the whole that a search takes, or one error that lists all that is wrong with it.
/// </remarks>
public sealed partial record GenerationOptions
{
    /// <summary>
    /// Longest sequence, the start token and a given beginning included. Yields to <see cref="MaxNewTokens"/>.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Most tokens that are added; 20 where neither this nor <see cref="MaxLength"/> is said.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>
    /// Shortest sequence, the start token included: no end token before. Yields to <see cref="MinNewTokens"/>.
    /// </summary>
    public int? MinLength { get; init; }

    /// <summary>Fewest tokens before an end token.</summary>
    public int? MinNewTokens { get; init; }

    /// <summary>
    /// Seconds after which every sequence ends where it is. What is then generated depends on the machine.
    /// </summary>
    public double? MaxTime { get; init; }

    /// <summary>Texts that end a sequence when they appear in it; needs a tokenizer.</summary>
    public IReadOnlyList<string>? StopStrings { get; init; }

    /// <summary>Beams of a beam search; 1 is greedy decoding or sampling. Default 1.</summary>
    public int? NumBeams { get; init; }

    /// <summary>When a beam search stops. Default <see cref="EarlyStopping.Heuristic"/>.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Exponent of the length by which a hypothesis' log-probability is divided; above 0 favours long ones.
    /// Default 1.</summary>
    public double? LengthPenalty { get; init; }

    /// <summary>Sequences given for each input: the best beams, or as many samples. Default 1.</summary>
    public int? NumReturnSequences { get; init; }

    /// <summary>Draw tokens by their probability instead of taking the best. Default false.</summary>
    public bool? DoSample { get; init; }

    /// <summary>
    /// Of sampling: one seed gives one text, whatever else stands in the batch. Default: another every time.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Of sampling: divides the scores, above 0. Default 1.</summary>
    public double? Temperature { get; init; }

    /// <summary>
    /// Above 0, contrastive search: of the <see cref="TopK"/> best tokens the one is taken whose probability stands
    /// highest above its likeness to what was written, which counts by this share. From 0 to 1. Default 0.
    /// </summary>
    public double? PenaltyAlpha { get; init; }

    /// <summary>Of sampling: keeps this many of the best tokens; 0 keeps all. Of contrastive search:
    /// chooses among so many. Default 50.</summary>
    public int? TopK { get; init; }

    /// <summary>Of sampling: keeps the best tokens that together reach this probability. Default 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Of sampling: keeps tokens at least this likely in proportion to the best.</summary>
    public double? MinP { get; init; }

    /// <summary>Of sampling: keeps the tokens nearest to the expected information that together reach this probability.
    /// Default 1.</summary>
    public double? TypicalP { get; init; }

    /// <summary>Of sampling: keeps tokens at least this likely. Default 0.</summary>
    public double? EpsilonCutoff { get; init; }

    /// <summary>Of sampling: keeps tokens at least min(this, sqrt(this) exp(-entropy)) likely. Default 0.</summary>
    public double? EtaCutoff { get; init; }

    /// <summary>Makes tokens that were generated less likely: divides positive scores, multiplies negative ones.
    /// Default 1.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Makes tokens of the input more likely, where above 1. Default 1.</summary>
    public double? EncoderRepetitionPenalty { get; init; }

    /// <summary>No run of this many tokens occurs twice in the output. Default 0: off.</summary>
    public int? NoRepeatNgramSize { get; init; }

    /// <summary>No run of this many tokens is copied from the input. Default 0: off.</summary>
    public int? EncoderNoRepeatNgramSize { get; init; }

    /// <summary>Runs of tokens that never occur.</summary>
    public IReadOnlyList<int[]>? BadWordsIds { get; init; }

    /// <summary>Biases of runs of tokens.</summary>
    public IReadOnlyList<SequenceBias>? SequenceBias { get; init; }

    /// <summary>The token that follows the start token.</summary>
    public int? ForcedBosTokenId { get; init; }

    /// <summary>Tokens of which one stands last where the greatest length is reached.</summary>
    public int[]? ForcedEosTokenId { get; init; }

    /// <summary>Tokens that never occur.</summary>
    public int[]? SuppressTokens { get; init; }

    /// <summary>Tokens that do not occur first.</summary>
    public int[]? BeginSuppressTokens { get; init; }

    /// <summary>Makes the end likelier as the output grows.</summary>
    public ExponentialDecay? ExponentialDecayLengthPenalty { get; init; }

    /// <summary>Puts 0 for scores that are not numbers and the largest numbers for infinities. Default false: such
    /// scores are an error.</summary>
    public bool? RemoveInvalidValues { get; init; }

    /// <summary>Makes the scores log-probabilities again after all rules. Default false.</summary>
    public bool? RenormalizeLogits { get; init; }

    /// <summary>Most tokens to try at once from where the last ones occurred before, in the output or the input; the
    /// result is that of greedy decoding.</summary>
    public int? PromptLookupNumTokens { get; init; }

    /// <summary>Longest run of last tokens that is looked up. Default 2.</summary>
    public int? MaxMatchingNgramSize { get; init; }

    /// <summary>
    /// Draft as the reference does: from the output alone, and with the length checked between steps, so that accepted
    /// drafts may pass the limit. Default false: the limit holds. Not one of Hugging Face's names.
    /// </summary>
    public bool? ReferenceDrafts { get; init; }

    /// <summary>
    /// Beginnings of the output, one for each input or one for all; a missing start token is put before.
    /// </summary>
    public IReadOnlyList<int[]>? DecoderInputIds { get; init; }

    /// <summary>The token that starts every sequence. It has no default: a model must say it.</summary>
    public int? DecoderStartTokenId { get; init; }

    /// <summary>Tokens that end a sequence.</summary>
    public int[]? EosTokenId { get; init; }

    /// <summary>The token that fills the shorter sequences of a batch where they are shown as one table.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>What the reference fills short rows of a table with: the pad token; in a beam search, where that is 0,
    /// the first end token.</summary>
    public int FillTokenId => PadTokenId is { } pad and not 0 ? pad : NumBeams > 1 && EosTokenId is [var end, ..]
        ? end : 0;

    /// <summary>Whether this asks for contrastive search; with one candidate it would be greedy decoding.</summary>
    internal bool Contrasts => NumBeams is null or <= 1 && DoSample != true && PenaltyAlpha > 0 && TopK is null or > 1;

    /// <summary>The tokens that each step of contrastive search tries; 0 of another search.</summary>
    internal int Candidates => Contrasts ? TopK ?? 50 : 0;

    /// <summary>What this says, and <paramref name="defaults"/> where this says nothing.</summary>
    /// <remarks>A length in tokens said here replaces a length of the other kind said there.</remarks>
    public GenerationOptions Over(GenerationOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        var below = defaults with
        {
            MaxLength = MaxNewTokens is null ? defaults.MaxLength : null,
            MinLength = MinNewTokens is null ? defaults.MinLength : null,
        };
        return All.Where(option => option.IsSaid(this)).Aggregate(below, (whole, option) => option.Copy(whole, this));
    }
}
