namespace LongT5.Generation;

public sealed partial record GenerationOptions
{
    /// <summary>
    /// What this call says over what the model's files say, checked: what a search takes.
    /// </summary>
    /// <param name="defaults">What the model's files say. What of it does not fit the call, such as a length penalty
    /// where the call asks for one beam, is dropped.</param>
    /// <param name="warnings">Receives what is allowed but may surprise.</param>
    /// <exception cref="ArgumentException">Options out of range or in contradiction; all of them, in one message.</exception>
    public GenerationOptions Resolve(GenerationOptions? defaults = null, ICollection<string>? warnings = null)
    {
        var whole = defaults is null ? this : Over(defaults);
        var wrong = new List<string>();
        whole = whole.DropWhatDoesNotFit(this);
        whole.CheckRanges(wrong);
        whole.CheckContradictions(wrong);
        if (wrong.Count > 0)
            throw new ArgumentException(string.Join(" ", wrong));

        if (whole is { MaxNewTokens: { } added, MaxLength: { } longest })
            warnings?.Add($"max_new_tokens ({added}) takes precedence over max_length ({longest}).");
        if (whole is { MinNewTokens: { } least, MinLength: { } shortest })
            warnings?.Add($"min_new_tokens ({least}) takes precedence over min_length ({shortest}).");
        if (whole is { MaxNewTokens: null, MaxLength: null })
            warnings?.Add("No length was given: at most 20 tokens are generated, the reference's default. Say max_new_tokens.");
        return whole with
        {
            MaxNewTokens = whole.MaxNewTokens ?? (whole.MaxLength is null ? 20 : null),
            MaxLength = whole.MaxNewTokens is null ? whole.MaxLength : null,
            MinLength = whole.MinNewTokens is null ? whole.MinLength : null,
            Seed = whole.Seed ?? (whole.DoSample == true ? Random.Shared.NextInt64() : null),
        };
    }

    private void CheckRanges(List<string> wrong)
    {
        void Check(bool right, string name, object? found, string wanted)
        {
            if (found is not null && !right)
                wrong.Add($"{name} must be {wanted}, not {FormattableString.Invariant($"{found}")}.");
        }

        Check(MaxLength > 0, "max_length", MaxLength, "above 0");
        Check(MaxNewTokens > 0, "max_new_tokens", MaxNewTokens, "above 0");
        Check(MinLength >= 0, "min_length", MinLength, "0 or more");
        Check(MinNewTokens >= 0, "min_new_tokens", MinNewTokens, "0 or more");
        Check(MaxTime > 0, "max_time", MaxTime, "above 0 seconds");
        Check(NumBeams is > 0 and <= 1024, "num_beams", NumBeams, "from 1 to 1024");
        Check(double.IsFinite(LengthPenalty ?? 0), "length_penalty", LengthPenalty, "a finite number");
        Check(NumReturnSequences is > 0 and <= 1024, "num_return_sequences", NumReturnSequences, "from 1 to 1024");
        Check(Temperature is > 0 and < double.PositiveInfinity, "temperature", Temperature,
            "above 0 (for the best token always, leave out do_sample)");
        Check(TopK >= 0, "top_k", TopK, "0 or more");
        Check(TopP is >= 0 and <= 1, "top_p", TopP, "from 0 to 1");
        Check(MinP is >= 0 and <= 1, "min_p", MinP, "from 0 to 1");
        Check(TypicalP is > 0 and <= 1, "typical_p", TypicalP, "above 0 and at most 1");
        Check(EpsilonCutoff is >= 0 and < 1, "epsilon_cutoff", EpsilonCutoff, "from 0 to below 1");
        Check(EtaCutoff is >= 0 and < 1, "eta_cutoff", EtaCutoff, "from 0 to below 1");
        Check(RepetitionPenalty is > 0 and < double.PositiveInfinity, "repetition_penalty", RepetitionPenalty, "above 0");
        Check(EncoderRepetitionPenalty is > 0 and < double.PositiveInfinity,
            "encoder_repetition_penalty", EncoderRepetitionPenalty, "above 0");
        Check(NoRepeatNgramSize >= 0, "no_repeat_ngram_size", NoRepeatNgramSize, "0 or more");
        Check(EncoderNoRepeatNgramSize >= 0, "encoder_no_repeat_ngram_size", EncoderNoRepeatNgramSize, "0 or more");
        Check(PromptLookupNumTokens is > 0 and <= 64, "prompt_lookup_num_tokens", PromptLookupNumTokens, "from 1 to 64");
        Check(MaxMatchingNgramSize > 0, "max_matching_ngram_size", MaxMatchingNgramSize, "above 0");
        Check(ExponentialDecayLengthPenalty is { Start: >= 0, Factor: > 0 and < double.PositiveInfinity },
            "exponential_decay_length_penalty", ExponentialDecayLengthPenalty, "a start of 0 or more and a factor above 0");
        Check(BadWordsIds?.All(words => words.Length > 0) != false, "bad_words_ids", BadWordsIds, "lists that are not empty");
        Check(SequenceBias?.All(bias => bias.Tokens.Length > 0 && !double.IsNaN(bias.Bias)) != false,
            "sequence_bias", SequenceBias, "lists that are not empty, each with a number");
        Check(StopStrings?.All(text => text.Length > 0) != false, "stop_strings", StopStrings, "texts that are not empty");
        Check(ForcedEosTokenId?.Length != 0, "forced_eos_token_id", ForcedEosTokenId, "at least one token");
    }

    /// <summary>Options of another way of searching, and least lengths above the call's greatest: dropped where only the
    /// model's files say them.</summary>
    private GenerationOptions DropWhatDoesNotFit(GenerationOptions call)
    {
        bool samples = DoSample == true, beams = NumBeams > 1;
        int most = call.MaxNewTokens ?? call.MaxLength - 1 ?? int.MaxValue;
        return this with
        {
            MinLength = MinLength - 1 > most ? call.MinLength : MinLength,
            MinNewTokens = MinNewTokens > most ? call.MinNewTokens : MinNewTokens,
            Temperature = samples ? Temperature : call.Temperature,
            TopK = samples ? TopK : call.TopK,
            TopP = samples ? TopP : call.TopP,
            MinP = samples ? MinP : call.MinP,
            TypicalP = samples ? TypicalP : call.TypicalP,
            EpsilonCutoff = samples ? EpsilonCutoff : call.EpsilonCutoff,
            EtaCutoff = samples ? EtaCutoff : call.EtaCutoff,
            Seed = samples ? Seed : call.Seed,
            EarlyStopping = beams ? EarlyStopping : call.EarlyStopping,
            LengthPenalty = beams ? LengthPenalty : call.LengthPenalty,
            NumReturnSequences = beams || samples ? NumReturnSequences : call.NumReturnSequences,
            PromptLookupNumTokens = beams || samples ? call.PromptLookupNumTokens : PromptLookupNumTokens,
        };
    }

    private void CheckContradictions(List<string> wrong)
    {
        void Contradict(bool really, string one, string other)
        {
            if (really)
                wrong.Add($"{one} contradicts {other}.");
        }

        bool samples = DoSample == true;
        int beams = NumBeams ?? 1, returned = NumReturnSequences ?? 1;
        string said = NumBeams is null ? "num_beams 1 (the default)" : "num_beams 1";
        string greedy = DoSample is null ? "do_sample false (the default)" : "do_sample false";
        if (!samples)
        {
            Contradict((Temperature ?? 1) != 1, $"temperature {Temperature}", greedy);
            Contradict((TopK ?? 50) != 50, $"top_k {TopK}", greedy);
            Contradict((TopP ?? 1) != 1, $"top_p {TopP}", greedy);
            Contradict((MinP ?? 0) != 0, $"min_p {MinP}", greedy);
            Contradict((TypicalP ?? 1) != 1, $"typical_p {TypicalP}", greedy);
            Contradict((EpsilonCutoff ?? 0) != 0, $"epsilon_cutoff {EpsilonCutoff}", greedy);
            Contradict((EtaCutoff ?? 0) != 0, $"eta_cutoff {EtaCutoff}", greedy);
            Contradict(returned > 1 && beams == 1, $"num_return_sequences {returned}", $"{said} and {greedy}");
        }
        if (beams == 1)
        {
            Contradict((EarlyStopping ?? 0) != 0, $"early_stopping {EarlyStopping}", said);
            Contradict((LengthPenalty ?? 1) != 1, $"length_penalty {LengthPenalty}", said);
        }
        else
        {
            Contradict(returned > beams, $"num_return_sequences {returned}", $"num_beams {beams}");
        }

        if (PromptLookupNumTokens is { } drafts)
        {
            Contradict(beams > 1, $"prompt_lookup_num_tokens {drafts}", $"num_beams {beams}");
            Contradict(samples, $"prompt_lookup_num_tokens {drafts}", "do_sample true");
        }
        Contradict(MaxMatchingNgramSize is not null && PromptLookupNumTokens is null,
            $"max_matching_ngram_size {MaxMatchingNgramSize}", "prompt_lookup_num_tokens not given");

        Contradict(MinNewTokens > MaxNewTokens, $"min_new_tokens {MinNewTokens}", $"max_new_tokens {MaxNewTokens}");
        Contradict(MinNewTokens is null && MaxNewTokens is null && MinLength > MaxLength,
            $"min_length {MinLength}", $"max_length {MaxLength}");
        Contradict(MinNewTokens is null && MinLength - 1 > MaxNewTokens,
            $"min_length {MinLength}", $"max_new_tokens {MaxNewTokens}");
        Contradict(MaxNewTokens is null && MinNewTokens >= MaxLength,
            $"min_new_tokens {MinNewTokens}", $"max_length {MaxLength}");
        Contradict(MaxNewTokens is null && MaxLength is null && Math.Max(MinNewTokens ?? 0, (MinLength ?? 1) - 1) > 20,
            MinNewTokens is null ? $"min_length {MinLength}" : $"min_new_tokens {MinNewTokens}",
            "max_new_tokens 20 (the default)");

        Contradict(ForcedBosTokenId is { } first && SuppressTokens?.Contains(first) == true,
            $"forced_bos_token_id {ForcedBosTokenId}", "suppress_tokens");
        Contradict(ForcedEosTokenId is { } last && SuppressTokens is { } never && last.All(never.Contains),
            "forced_eos_token_id", "suppress_tokens");
    }

    /// <summary>Checks what only the model and the inputs can tell: that ids are of its vocabulary, lists of
    /// their number, and that a step's scores can be held.</summary>
    internal void CheckAgainst(int vocabulary, int inputs)
    {
        void Check(string name, IEnumerable<int>? ids)
        {
            foreach (int id in ids ?? [])
                if ((uint)id >= vocabulary)
                    throw new ArgumentException($"{name} names token {id}; the model has 0 to {vocabulary - 1}.");
        }

        Check("eos_token_id", EosTokenId);
        Check("forced_bos_token_id", ForcedBosTokenId is { } first ? [first] : null);
        Check("forced_eos_token_id", ForcedEosTokenId);
        Check("suppress_tokens", SuppressTokens);
        Check("begin_suppress_tokens", BeginSuppressTokens);
        Check("bad_words_ids", BadWordsIds?.SelectMany(words => words));
        Check("sequence_bias", SequenceBias?.SelectMany(bias => bias.Tokens));
        Check("decoder_input_ids", DecoderInputIds?.SelectMany(ids => ids));
        Check("decoder_start_token_id", DecoderStartTokenId is { } start ? [start] : null);
        if (DecoderInputIds is { Count: > 1 } given && given.Count != inputs)
            throw new ArgumentException($"decoder_input_ids has {given.Count} lists for {inputs} inputs.");
        long rows = (long)inputs * Math.Max(NumBeams ?? 1, Math.Max(NumReturnSequences ?? 1, 1 + PromptLookupNumTokens ?? 1));
        if (rows * vocabulary > Array.MaxLength)
            throw new ArgumentException(
                $"{rows} rows of {vocabulary} scores a step are too many: generate for fewer inputs at a time, or with fewer beams.");
    }
}
