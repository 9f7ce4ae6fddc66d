using static LongT5.Generation.OptionKinds;
using static LongT5.Generation.OptionScope;

namespace LongT5.Generation;

public sealed partial record GenerationOptions
{
    /// <summary>
    /// Every option, once: what JSON, checks, command lines and the documentation know of it comes from here.
    /// </summary>
    internal static IReadOnlyList<GenerationOption> All { get; } =
    [
        new GenerationOption<int?>("max_new_tokens", Whole, o => o.MaxNewTokens, (o, v) => o with { MaxNewTokens = v },
            "Most tokens to write.") { Range = ("above 0", v => v > 0), IsUsual = true,
                Default = "20, unless max_length is said" },
        new GenerationOption<int?>("min_new_tokens", Whole, o => o.MinNewTokens, (o, v) => o with { MinNewTokens = v },
            "Fewest tokens to write.") { Range = NotNegative, IsUsual = true, Default = "0" },
        new GenerationOption<int?>("max_length", Whole, o => o.MaxLength, (o, v) => o with { MaxLength = v },
            "Longest sequence, its start token included; max_new_tokens stands above it.") { Range = ("above 0",
                v => v > 0) },
        new GenerationOption<int?>("min_length", Whole, o => o.MinLength, (o, v) => o with { MinLength = v },
            "Shortest sequence, its start token included; min_new_tokens stands above it.") { Range = NotNegative,
                Default = "0" },
        new GenerationOption<double?>("max_time", Real, o => o.MaxTime, (o, v) => o with { MaxTime = v },
            "Seconds after which the text ends where it is.") { Range = ("above 0 seconds", v => v > 0) },
        new GenerationOption<IReadOnlyList<string>?>("stop_strings", Texts, o => o.StopStrings,
            (o, v) => o with { StopStrings = v },
            "A text that ends the output where it appears in it; there may be several.")
        {
            Range = ("texts, none of them empty", v => v!.All(text => text.Length > 0)),
        },

        new GenerationOption<int?>("num_beams", Whole, o => o.NumBeams, (o, v) => o with { NumBeams = v },
            "Beams of the beam search; 1 decodes greedily or samples.") { Range = UpTo1024, IsUsual = true,
                Default = "1" },
        new GenerationOption<double?>("length_penalty", Real, o => o.LengthPenalty,
            (o, v) => o with { LengthPenalty = v },
            "Above 0 favours longer texts.")
        {
            Range = ("finite", v => double.IsFinite(v!.Value)),
            Scope = OfBeams, IsNeutral = v => v == 1, IsUsual = true, Default = "1",
        },
        new GenerationOption<EarlyStopping?>("early_stopping", Early, o => o.EarlyStopping,
            (o, v) => o with { EarlyStopping = v },
            "Whether to stop with as many finished texts as beams (true), where no better one is likely (false), or "
                + "possible (never).")
        {
            Scope = OfBeams, IsNeutral = v => v == Generation.EarlyStopping.Heuristic, IsUsual = true,
            Default = "false",
        },
        new GenerationOption<int?>("num_return_sequences", Whole, o => o.NumReturnSequences,
            (o, v) => o with { NumReturnSequences = v },
            "Texts for each input: the best beams, or as many samples.")
        {
            Range = UpTo1024, Scope = OfSeveral, IsNeutral = v => v == 1, Default = "1",
        },

        new GenerationOption<bool?>("do_sample", Switch, o => o.DoSample, (o, v) => o with { DoSample = v },
            "Draw tokens by their probability.") { IsUsual = true, Default = "false" },
        new GenerationOption<double?>("temperature", Real, o => o.Temperature, (o, v) => o with { Temperature = v },
            "Below 1 is tamer, above 1 is wilder.")
        {
            Range = ("above 0 (for the best token always, leave out do_sample)", Positive),
            Scope = OfSampling, IsNeutral = v => v == 1, IsUsual = true, Default = "1",
        },
        new GenerationOption<double?>("penalty_alpha", Real, o => o.PenaltyAlpha, (o, v) => o with { PenaltyAlpha = v },
            "How much a token's likeness to what was written counts against its probability, among the top_k best "
                + "(contrastive search); 0 takes the best.")
        {
            Range = ("from 0 to 1", v => v is >= 0 and <= 1), Scope = OfContrast, IsNeutral = v => v == 0,
            Default = "0",
        },
        new GenerationOption<int?>("top_k", Whole, o => o.TopK, (o, v) => o with { TopK = v },
            "Keep this many of the best tokens; 0 keeps all.")
        {
            Range = NotNegative, Scope = OfChoice, IsNeutral = v => v == 50, IsUsual = true, Default = "50",
        },
        new GenerationOption<double?>("top_p", Real, o => o.TopP, (o, v) => o with { TopP = v },
            "Keep the best tokens that together reach this probability.")
        {
            Range = ("from 0 to 1", v => v is >= 0 and <= 1), Scope = OfSampling, IsNeutral = v => v == 1,
            IsUsual = true, Default = "1",
        },
        new GenerationOption<double?>("min_p", Real, o => o.MinP, (o, v) => o with { MinP = v },
            "Keep tokens at least this likely in proportion to the best.")
        {
            Range = ("from 0 to 1", v => v is >= 0 and <= 1), Scope = OfSampling, IsNeutral = v => v == 0,
            Default = "0",
        },
        new GenerationOption<double?>("typical_p", Real, o => o.TypicalP, (o, v) => o with { TypicalP = v },
            "Keep the tokens nearest to the expected information that together reach this probability.")
        {
            Range = ("above 0 and at most 1", v => v is > 0 and <= 1), Scope = OfSampling, IsNeutral = v => v == 1,
            Default = "1",
        },
        new GenerationOption<double?>("epsilon_cutoff", Real, o => o.EpsilonCutoff,
            (o, v) => o with { EpsilonCutoff = v },
            "Keep tokens at least this likely.") { Range = Cutoff, Scope = OfSampling, IsNeutral = v => v == 0,
                Default = "0" },
        new GenerationOption<double?>("eta_cutoff", Real, o => o.EtaCutoff, (o, v) => o with { EtaCutoff = v },
            "Keep tokens at least this likely, or less where many are: the bound falls with the entropy.")
        {
            Range = Cutoff, Scope = OfSampling, IsNeutral = v => v == 0, Default = "0",
        },
        new GenerationOption<long?>("seed", Long, o => o.Seed, (o, v) => o with { Seed = v },
            "The same seed gives the same text.") { Scope = OfSampling, IsNeutral = _ => true, IsUsual = true,
                Default = "another every time" },

        new GenerationOption<int?>("no_repeat_ngram_size", Whole, o => o.NoRepeatNgramSize,
            (o, v) => o with { NoRepeatNgramSize = v },
            "No run of this many tokens is written twice; 0 for no such rule.") { Range = NotNegative, IsUsual = true,
                Default = "0" },
        new GenerationOption<int?>("encoder_no_repeat_ngram_size", Whole,
            o => o.EncoderNoRepeatNgramSize, (o, v) => o with { EncoderNoRepeatNgramSize = v },
            "No run of this many tokens is copied from the document; 0 for no such rule.")
        {
            Range = NotNegative, IsUsual = true, Default = "0",
        },
        new GenerationOption<double?>("repetition_penalty", Real, o => o.RepetitionPenalty,
            (o, v) => o with { RepetitionPenalty = v },
            "Above 1 makes what was written less likely.") { Range = ("above 0", Positive), IsUsual = true,
                Default = "1" },
        new GenerationOption<double?>("encoder_repetition_penalty", Real,
            o => o.EncoderRepetitionPenalty, (o, v) => o with { EncoderRepetitionPenalty = v },
            "Above 1 makes the document's tokens more likely.") { Range = ("above 0", Positive), Default = "1" },

        new GenerationOption<IReadOnlyList<int[]>?>("bad_words_ids", IdLists, o => o.BadWordsIds,
            (o, v) => o with { BadWordsIds = v },
            "Runs of tokens that are never written: [[3,20],[5]].")
        {
            Range = ("lists of token ids, none of them empty", v => v!.All(words => words.Length > 0)),
        },
        new GenerationOption<IReadOnlyList<SequenceBias>?>("sequence_bias", Biases, o => o.SequenceBias,
            (o, v) => o with { SequenceBias = v },
            "What is added to the score of the last token of a run, where the others stand before it: [[[3,20],5.0]].")
        {
            Range = ("lists of token ids, none of them empty, each with a number",
                v => v!.All(bias => bias.Tokens.Length > 0 && !double.IsNaN(bias.Bias))),
        },
        new GenerationOption<int?>("forced_bos_token_id", Token, o => o.ForcedBosTokenId,
            (o, v) => o with { ForcedBosTokenId = v },
            "The token to begin with, after the start token."),
        new GenerationOption<int[]?>("forced_eos_token_id", Ids, o => o.ForcedEosTokenId,
            (o, v) => o with { ForcedEosTokenId = v },
            "The token, or one of those, to end with at the greatest length.") { Range = ("token ids, at least one",
                v => v!.Length > 0) },
        new GenerationOption<int[]?>("suppress_tokens", Ids, o => o.SuppressTokens,
            (o, v) => o with { SuppressTokens = v },
            "Tokens that are never written: [448,4]."),
        new GenerationOption<int[]?>("begin_suppress_tokens", Ids, o => o.BeginSuppressTokens,
            (o, v) => o with { BeginSuppressTokens = v },
            "Tokens that are not written first."),
        new GenerationOption<ExponentialDecay?>("exponential_decay_length_penalty", Decay,
            o => o.ExponentialDecayLengthPenalty, (o, v) => o with { ExponentialDecayLengthPenalty = v },
            "The tokens after which the end grows likelier, and the factor: [100,1.1].")
        {
            Range = ("a start of 0 or more and a factor above 0",
                v => v is { Start: >= 0, Factor: > 0 and < double.PositiveInfinity }),
        },
        new GenerationOption<bool?>("remove_invalid_values", Switch, o => o.RemoveInvalidValues,
            (o, v) => o with { RemoveInvalidValues = v },
            "Go on where scores are not numbers, which else is an error.") { Default = "false" },
        new GenerationOption<bool?>("renormalize_logits", Switch, o => o.RenormalizeLogits,
            (o, v) => o with { RenormalizeLogits = v },
            "Make scores log-probabilities again after all rules.") { Default = "false" },

        new GenerationOption<int?>("prompt_lookup_num_tokens", Whole,
            o => o.PromptLookupNumTokens, (o, v) => o with { PromptLookupNumTokens = v },
            "Try this many tokens of earlier text at once; the result stays that of greedy decoding.")
        {
            Range = ("from 1 to 64", v => v is > 0 and <= 64), Scope = OfBest, IsUsual = true,
        },
        new GenerationOption<int?>("max_matching_ngram_size", Whole, o => o.MaxMatchingNgramSize,
            (o, v) => o with { MaxMatchingNgramSize = v },
            "Longest run of last tokens that is looked up.") { Range = ("above 0", v => v > 0), Scope = OfLookup,
                Default = "2" },
        new GenerationOption<bool?>("reference_drafts", Switch, o => o.ReferenceDrafts,
            (o, v) => o with { ReferenceDrafts = v },
            "Draft as the reference does: from the output alone, and past the greatest length where drafts are "
                + "right. No name of Hugging Face's.")
        {
            Scope = OfLookup, IsNeutral = _ => true, Default = "false",
        },

        new GenerationOption<IReadOnlyList<int[]>?>("decoder_input_ids", IdLists, o => o.DecoderInputIds,
            (o, v) => o with { DecoderInputIds = v },
            "The beginning of the output: one for each input, or one for all."),
        new GenerationOption<int?>("decoder_start_token_id", Token, o => o.DecoderStartTokenId,
            (o, v) => o with { DecoderStartTokenId = v },
            "The token that starts every sequence.") { Default = "the model's" },
        new GenerationOption<int[]?>("eos_token_id", Ids, o => o.EosTokenId, (o, v) => o with { EosTokenId = v },
            "The token, or those, that end a sequence.") { Default = "the model's" },
        new GenerationOption<int?>("pad_token_id", Whole, o => o.PadTokenId, (o, v) => o with { PadTokenId = v },
            "The token that fills up the shorter sequences of a table.") { Default = "the model's" },
    ];

    private static readonly Dictionary<string, GenerationOption> ByName = All.ToDictionary(option => option.Name);

    private static (string, Func<int?, bool>) NotNegative => ("0 or more", v => v >= 0);

    private static (string, Func<int?, bool>) UpTo1024 => ("from 1 to 1024", v => v is > 0 and <= 1024);

    private static (string, Func<double?, bool>) Cutoff => ("from 0 to below 1", v => v is >= 0 and < 1);

    private static bool Positive(double? value) => value is > 0 and < double.PositiveInfinity;
}
