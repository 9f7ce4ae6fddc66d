using LongT5.Generation;
using LongT5.Server.Http;
using LongT5.Server.Serving;

namespace LongT5.Server.HuggingFace;

/// <summary><c>parameters</c> of TGI's and of the inference API's requests.</summary>
/// <param name="Generation">How to generate.</param>
/// <param name="Stops">Texts that end the output.</param>
/// <param name="MaxInputTokens">Most tokens that are read.</param>
/// <param name="GivesDetails">Whether the answer tells why it ended.</param>
sealed record Parameters(
    GenerationOptions Generation, IReadOnlyList<string> Stops, int? MaxInputTokens, bool GivesDetails)
{
    /// <summary>Reads them; null says nothing.</summary>
    /// <exception cref="ApiError">One is wrong, or asks for what is not offered.</exception>
    public static Parameters Read(Fields? fields)
    {
        if (fields is null) return new(new(), [], null, false);
        fields.Refuse("it is not offered", "return_full_text", "decoder_input_details", "top_n_tokens", "watermark",
            "adapter_id", "grammar", "frequency_penalty");
        if (fields.Whole("best_of", 1, 128) is > 1)
            throw ApiError.Of(fields.Place("best_of"), "best_of is not offered; num_beams gives the best of several.");
        fields.PassOver("clean_up_tokenization_spaces");
        fields.Choice("truncation", "do_not_truncate", "longest_first", "only_first");
        var (temperature, topP) = (fields.Number("temperature", 0, 100), fields.Number("top_p", 0, 1));
        var truncate = fields.Whole("truncate", 2, int.MaxValue);
        var details = fields.Flag("details") ?? false;
        var stops = fields.Stops("stop");
        var inner = fields.Object("generate_parameters");
        var generation = (inner?.Generation() ?? new()).Over(fields.Generation());
        inner?.End();
        fields.End();
        // What only drawing has a meaning for asks for it.
        if (generation is { DoSample: null, TopK: > 0 } or { DoSample: null, TypicalP: < 1 })
            generation = generation with { DoSample = true };
        return new(generation.Sampled(temperature is 1 && generation.DoSample != true ? null : temperature, topP, null),
            stops, truncate, details);
    }

    /// <summary>What is asked of a model.</summary>
    public TextRequest Ask(OpenModel model, TextKind kind, string text) => new()
    {
        Model = model,
        Kind = kind,
        Text = text,
        Stops = Stops,
        Options = new() { Generation = Generation, MaxInputTokens = MaxInputTokens },
    };
}
