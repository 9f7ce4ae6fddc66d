namespace LongT5.Generation;

/// <summary>The ways of searching that an option has a meaning for.</summary>
/// <param name="Name">Them, as one says "of sampling"; empty for all.</param>
/// <param name="Holds">Whether options ask for one of them.</param>
/// <param name="Otherwise">What options say where they do not.</param>
sealed record OptionScope(string Name, Func<GenerationOptions, bool> Holds, Func<GenerationOptions, string> Otherwise)
{
    /// <summary>All.</summary>
    public static OptionScope Any { get; } = new("", _ => true, _ => "");

    /// <summary>A beam search.</summary>
    public static OptionScope OfBeams { get; } = new("beams", options => options.NumBeams > 1, OneBeam);

    /// <summary>Drawing tokens.</summary>
    public static OptionScope OfSampling { get; } = new("sampling", options => options.DoSample == true, NoSampling);

    /// <summary>What gives several sequences.</summary>
    public static OptionScope OfSeveral { get; } = new(
        "beams or sampling", options => options.NumBeams > 1 || options.DoSample == true,
        options => $"{OneBeam(options)} and {NoSampling(options)}");

    /// <summary>Neither beams nor sampling.</summary>
    public static OptionScope OfGreedy { get; } = new(
        "greedy decoding", options => options.NumBeams is null or <= 1 && options.DoSample != true,
        options => options.NumBeams > 1 ? $"num_beams {options.NumBeams}" : "do_sample true");

    /// <summary>Greedy decoding among several tokens.</summary>
    public static OptionScope OfContrast { get; } = OfGreedy with
    {
        Holds = options => OfGreedy.Holds(options) && options.TopK != 0,
        Otherwise = options => OfGreedy.Holds(options) ? "top_k 0" : OfGreedy.Otherwise(options),
    };

    /// <summary>Greedy decoding that takes the best token always.</summary>
    public static OptionScope OfBest { get; } = OfGreedy with
    {
        Holds = options => OfGreedy.Holds(options) && !options.Contrasts,
        Otherwise = options => options.Contrasts
            ? $"penalty_alpha {options.PenaltyAlpha}" : OfGreedy.Otherwise(options),
    };

    /// <summary>What chooses among some of the best tokens.</summary>
    public static OptionScope OfChoice { get; } = new(
        "sampling or contrastive search",
        options => options.DoSample == true || OfGreedy.Holds(options) && options.PenaltyAlpha > 0,
        options => $"{NoSampling(options)} and penalty_alpha 0");

    /// <summary>Drafts from earlier text.</summary>
    public static OptionScope OfLookup { get; } = new(
        "prompt look-up", options => options.PromptLookupNumTokens is not null,
        _ => "prompt_lookup_num_tokens not given");

    private static string OneBeam(GenerationOptions options) => options.NumBeams is null
        ? "num_beams 1 (the default)" : "num_beams 1";

    private static string NoSampling(GenerationOptions options) => options.DoSample is null
        ? "do_sample false (the default)" : "do_sample false";
}
