using LongT5.Generation;
using LongT5.Server.Http;

namespace LongT5.Server.OpenAI;

/// <summary>How OpenAI's requests say what is to be generated.</summary>
static class Sampling
{
    private const int MostTokens = 1 << 20;

    /// <summary>The options of a request.</summary>
    /// <param name="fields">Its members.</param>
    /// <param name="most">The members that say how many tokens may be written; the first that is there speaks.</param>
    public static GenerationOptions Read(Fields fields, params ReadOnlySpan<string> most)
    {
        int? tokens = null;
        foreach (var name in most)
            tokens ??= fields.Whole(name, 1, MostTokens);
        var (temperature, topP) = (fields.Number("temperature", 0, 2), fields.Number("top_p", 0, 1));
        var (seed, returned) = (Seed(fields), fields.Whole("n", 1, 128));
        fields.Refuse("what was written once may come again; there are repetition_penalty and no_repeat_ngram_size",
            "presence_penalty", "frequency_penalty");
        fields.PassOver("model", "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
            "prompt_cache_retention");
        var biases = Biases(fields);
        var options = fields.Generation();
        return (options with
        {
            MaxNewTokens = tokens ?? options.MaxNewTokens,
            NumReturnSequences = returned is > 1 ? returned : options.NumReturnSequences,
            SequenceBias = biases ?? options.SequenceBias,
        }).Sampled(temperature, topP, seed);
    }

    private static long? Seed(Fields fields)
        => fields["seed"] is not { } value ? null
            : value.ValueKind == System.Text.Json.JsonValueKind.Number && value.TryGetInt64(out var seed) ? seed
            : throw ApiError.Of("seed", "seed must be a whole number.");

    private static List<SequenceBias>? Biases(Fields fields)
        => fields.Object("logit_bias") is not { } biases ? null
            : [.. biases.Json.EnumerateObject().Select(one => int.TryParse(one.Name, out var token)
                && biases.Number(one.Name, -100, 100) is { } bias ? new SequenceBias([token], bias)
                : throw ApiError.Of("logit_bias", "logit_bias must give numbers to token ids."))];
}
