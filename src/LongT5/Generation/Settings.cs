namespace LongT5.Generation;

/// <summary>Resolved options with the reference's defaults filled in, for one input: what its search runs on.</summary>
sealed class Settings
{
    public Settings(GenerationOptions options, int[] source, int input, Quotations? quotations = null)
    {
        Source = source;
        Quotations = quotations;
        Samples = options.DoSample ?? false;
        Seed = options.Seed ?? 0;
        Beams = options.NumBeams ?? 1;
        EarlyStopping = options.EarlyStopping ?? EarlyStopping.Heuristic;
        LengthPenalty = options.LengthPenalty ?? 1;
        Returned = options.NumReturnSequences ?? 1;
        PenaltyAlpha = options.Contrasts ? options.PenaltyAlpha!.Value : 0;
        Candidates = options.Candidates;
        Drafts = options.PromptLookupNumTokens ?? 0;
        LongestMatch = options.MaxMatchingNgramSize ?? 2;
        ReferenceDrafts = options.ReferenceDrafts ?? false;
        EndTokens = options.EosTokenId ?? [];
        Prompt = PromptOf(options, input);
        MaxLength = options.MaxNewTokens is { } added
            ? (int)Math.Min((long)Prompt.Length + added, Array.MaxLength) : options.MaxLength!.Value;
        MinLength = options.MinNewTokens is { } least ? Prompt.Length + least : options.MinLength ?? 0;
        if (Prompt.Length >= MaxLength)
            throw new ArgumentException(
                $"decoder_input_ids has {Prompt.Length} tokens with the start token, which leaves none of max_length "
                    + $"{MaxLength}.");
    }

    /// <summary>The input's tokens.</summary>
    public int[] Source { get; }

    /// <summary>What alone may be written; null for anything.</summary>
    public Quotations? Quotations { get; }

    /// <summary>The start token and what was given to begin with.</summary>
    public int[] Prompt { get; }

    public bool Samples { get; }
    public long Seed { get; }
    public int Beams { get; }
    public EarlyStopping EarlyStopping { get; }
    public double LengthPenalty { get; }
    public int Returned { get; }
    public double PenaltyAlpha { get; }
    public int Candidates { get; }
    public int Drafts { get; }
    public int LongestMatch { get; }
    public bool ReferenceDrafts { get; }
    public int[] EndTokens { get; }
    public int MaxLength { get; }
    public int MinLength { get; }

    private static int[] PromptOf(GenerationOptions options, int input)
    {
        var start = options.DecoderStartTokenId ?? throw new ArgumentException(
            "The model does not say which token starts the decoder; give decoder_start_token_id (0 in every T5).");
        if (options.DecoderInputIds is not { Count: > 0 } given)
            return [start];
        var begin = given[given.Count == 1 ? 0 : input];
        return begin.Length > 0 && begin[0] == start ? begin : [start, .. begin];
    }
}
