namespace LongT5.Generation.Rules;

/// <summary>Changes the scores of the next token.</summary>
abstract class LogitRule
{
    /// <param name="ids">The sequence so far, the start token included.</param>
    /// <param name="scores">[V]; logits, or log-probabilities in a beam search. Minus infinity forbids.</param>
    public abstract void Apply(ReadOnlySpan<int> ids, Span<float> scores);

    /// <summary>The rules that some options ask for, in the reference's order.</summary>
    public static LogitRule[] For(GenerationOptions options, Settings settings, int vocabulary)
    {
        var rules = new List<LogitRule>();
        var ends = settings.EndTokens;
        if (options.SequenceBias is { Count: > 0 } biases)
            rules.Add(new SequenceBiases(biases));
        if (options.EncoderRepetitionPenalty is { } favour and not 1)
            rules.Add(new EncoderRepetitionPenalty(favour, settings.Source));
        if (options.RepetitionPenalty is { } penalty and not 1)
            rules.Add(new RepetitionPenalty(penalty, vocabulary));
        if (options.NoRepeatNgramSize is { } size and > 0)
            rules.Add(new NoRepeatNgram(size, source: null));
        if (options.EncoderNoRepeatNgramSize is { } sourceSize and > 0)
            rules.Add(new NoRepeatNgram(sourceSize, settings.Source));
        if (options.BadWordsIds is { Count: > 0 } words)
            rules.Add(SequenceBiases.Forbidding(words, ends));
        if (settings.MinLength > 0 && ends.Length > 0)
            rules.Add(new MinimumLength(settings.MinLength, ends));
        if (options.ForcedBosTokenId is { } first)
            rules.Add(new ForcedTokens(length: 1, [first]));
        if (options.ForcedEosTokenId is { } last)
            rules.Add(new ForcedTokens(settings.MaxLength - 1, last));
        if (options.RemoveInvalidValues == true)
            rules.Add(new RemoveInvalidValues());
        if (options.ExponentialDecayLengthPenalty is { } decay)
            rules.Add(new ExponentialDecayLengthPenalty(decay, settings.Prompt.Length, ends));
        if (options.SuppressTokens is { Length: > 0 } never)
            rules.Add(new SuppressTokens(never, atLength: null));
        if (options.BeginSuppressTokens is { Length: > 0 } notFirst)
            rules.Add(new SuppressTokens(notFirst, FirstFreeLength(options, settings)));
        if (settings.Quotations is { } quotations)
            rules.Add(new Verbatim(quotations, settings.Prompt.Length, settings.MaxLength, ends));
        if (settings.Samples)
            AddFilters(rules, options, atLeast: settings.Beams > 1 ? ends.Length + 1 : 1);
        if (options.RenormalizeLogits == true)
            rules.Add(new Renormalize());
        return [.. rules];
    }

    private static int FirstFreeLength(GenerationOptions options, Settings settings)
        => settings.Prompt.Length == 1 && options.ForcedBosTokenId is not null ? 2 : settings.Prompt.Length;

    /// <summary>What sampling alone uses: each removes the less likely tokens in its own way, but for some that stay in
    /// any case (beams need one that is not an end).</summary>
    private static void AddFilters(List<LogitRule> rules, GenerationOptions options, int atLeast)
    {
        if (options.Temperature is { } temperature and not 1)
            rules.Add(new Temperature(temperature));
        if ((options.TopK ?? 50) is var k and > 0)
            rules.Add(new TopK(Math.Max(k, atLeast)));
        if (options.TopP is { } p and < 1)
            rules.Add(new TopP(p, atLeast));
        if (options.MinP is { } least)
            rules.Add(new MinP(least, atLeast));
        if (options.TypicalP is { } mass and < 1)
            rules.Add(new TypicalP(mass, atLeast));
        if (options.EpsilonCutoff is { } epsilon and > 0)
            rules.Add(new ProbabilityCutoff(epsilon, byEntropy: false, atLeast));
        if (options.EtaCutoff is { } eta and > 0)
            rules.Add(new ProbabilityCutoff(eta, byEntropy: true, atLeast));
    }
}
