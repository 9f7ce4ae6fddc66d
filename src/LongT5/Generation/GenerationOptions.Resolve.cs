namespace LongT5.Generation;

public sealed partial record GenerationOptions
{
    /// <summary>What this call says over what the model's files say, checked: what a search takes.</summary>
    /// <param name="defaults">What the model's files say. What of it does not fit the call, such as a length penalty
    /// where the call asks for one beam, is dropped.</param>
    /// <param name="warnings">Receives what is allowed but may surprise.</param>
    /// <exception cref="ArgumentException">Options out of range or in contradiction; all of them, in one
    /// message.</exception>
    public GenerationOptions Resolve(GenerationOptions? defaults = null, ICollection<string>? warnings = null)
    {
        var whole = defaults is null ? this : Over(defaults);
        var wrong = new List<string>();
        whole = whole.DropWhatDoesNotFit(this);
        wrong.AddRange(All.Select(option => option.Problem(whole)).OfType<string>());
        whole.CheckContradictions(wrong);
        if (wrong.Count > 0)
            throw new ArgumentException(string.Join(" ", wrong));

        if (whole is { MaxNewTokens: { } added, MaxLength: { } longest })
            warnings?.Add($"max_new_tokens ({added}) takes precedence over max_length ({longest}).");
        if (whole is { MinNewTokens: { } least, MinLength: { } shortest })
            warnings?.Add($"min_new_tokens ({least}) takes precedence over min_length ({shortest}).");
        if (whole is { MaxNewTokens: null, MaxLength: null })
            warnings?.Add(
                "No length was given: at most 20 tokens are generated, the reference's default. Say max_new_tokens.");
        return whole with
        {
            MaxNewTokens = whole.MaxNewTokens ?? (whole.MaxLength is null ? 20 : null),
            MaxLength = whole.MaxNewTokens is null ? whole.MaxLength : null,
            MinLength = whole.MinNewTokens is null ? whole.MinLength : null,
            Seed = whole.Seed ?? (whole.DoSample == true ? Random.Shared.NextInt64() : null),
        };
    }

    /// <summary>What a call that says nothing takes of what a model's files say.</summary>
    internal GenerationOptions InEffect() => DropWhatDoesNotFit(new());

    /// <summary>Options of another way of searching, and least lengths above the call's greatest: dropped where only
    /// the model's files say them.</summary>
    private GenerationOptions DropWhatDoesNotFit(GenerationOptions call)
    {
        var most = call.MaxNewTokens ?? call.MaxLength - 1 ?? int.MaxValue;
        var fitting = this with
        {
            MinLength = MinLength - 1 > most ? call.MinLength : MinLength,
            MinNewTokens = MinNewTokens > most ? call.MinNewTokens : MinNewTokens,
        };
        return All.Aggregate(fitting, (whole, option) => option.Scope.Holds(whole) ? whole : option.Copy(whole, call));
    }

    private void CheckContradictions(List<string> wrong)
    {
        void Contradict(bool really, string one, string other)
        {
            if (really)
                wrong.Add($"{one} contradicts {other}.");
        }

        wrong.AddRange(All.Where(option => !option.Scope.Holds(this) && option.Asks(this))
            .Select(option => $"{option.Said(this)} contradicts {option.Scope.Otherwise(this)}."));
        Contradict(NumBeams > 1 && NumReturnSequences > NumBeams, $"num_return_sequences {NumReturnSequences}",
            $"num_beams {NumBeams}");
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
        foreach (var option in All)
            foreach (var id in option.Tokens(this))
                if ((uint)id >= vocabulary)
                    throw new ArgumentException(
                        $"{option.Name} names token {id}; the model has 0 to {vocabulary - 1}.");
        if (DecoderInputIds is { Count: > 1 } given && given.Count != inputs)
            throw new ArgumentException($"decoder_input_ids has {given.Count} lists for {inputs} inputs.");
        int[] ways = [NumBeams ?? 1, NumReturnSequences ?? 1, 1 + PromptLookupNumTokens ?? 1,
            Math.Min(Candidates, vocabulary)];
        var rows = (long)inputs * ways.Max();
        if (rows * vocabulary > Array.MaxLength)
            throw new ArgumentException(
                $"{rows} rows of {vocabulary} scores a step are too many: generate for fewer inputs at a time, or "
                    + $"with fewer beams.");
    }
}
