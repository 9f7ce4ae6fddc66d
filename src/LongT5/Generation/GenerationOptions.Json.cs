using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Generation;

public sealed partial record GenerationOptions
{
    /// <summary>Names that Hugging Face has and that change no result here.</summary>
    private static readonly HashSet<string> WithoutMeaning =
    [
        "use_cache", "cache_implementation", "cache_config", "return_legacy_cache", "prefill_chunk_size",
        "return_dict_in_generate", "output_attentions", "output_hidden_states", "output_scores", "output_logits",
        "bos_token_id", "is_assistant", "num_assistant_tokens", "num_assistant_tokens_schedule",
        "assistant_confidence_threshold", "assistant_lookbehind", "target_lookbehind", "compile_config",
        "disable_compile", "low_memory", "synced_gpus", "transformers_version", "_from_model_config", "_commit_hash",
    ];

    /// <summary>Names that Hugging Face has for ways of searching that are not here, each with the value that asks for nothing.</summary>
    private static readonly Dictionary<string, string> NotHere = new()
    {
        ["num_beam_groups"] = "1",
        ["diversity_penalty"] = "0",
        ["constraints"] = "",
        ["force_words_ids"] = "",
        ["penalty_alpha"] = "0",
        ["dola_layers"] = "",
        ["guidance_scale"] = "1",
        ["watermarking_config"] = "",
        ["token_healing"] = "false",
        ["assistant_early_exit"] = "",
    };

    /// <summary>Reads options by Hugging Face's names.</summary>
    /// <param name="json">An object such as <c>{"num_beams": 4, "early_stopping": "never"}</c>; a null says nothing.</param>
    /// <param name="ignored">Receives the names that are known but change nothing here, such as <c>use_cache</c>.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a value is not of its type.</exception>
    public static GenerationOptions FromJson(JsonElement json, ICollection<string>? ignored = null)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"Generation options are a JSON object, not {json.ValueKind}.", nameof(json));
        var options = new GenerationOptions();
        foreach (var property in json.EnumerateObject())
        {
            if (options.With(property.Name, property.Value) is { } more)
                options = more;
            else if (WithoutMeaning.Contains(property.Name))
                ignored?.Add(property.Name);
            else if (!NotHere.TryGetValue(property.Name, out var neutral))
                throw new ArgumentException($"'{property.Name}' is not a generation option.", nameof(json));
            else if (!IsNeutral(property.Value, neutral))
                throw new ArgumentException(
                    $"'{property.Name}' asks for a way of searching that is not offered; leave it out.", nameof(json));
        }
        return options;
    }

    /// <summary>
    /// Reads what <c>config.json</c> or <c>generation_config.json</c> says of generation, passing over all else. A
    /// <c>max_length</c> of 20 there is the reference's default written out, and means 20 new tokens.
    /// </summary>
    /// <param name="json">The file's content; nothing is said by what is not an object.</param>
    /// <param name="path">The file, to be named in errors.</param>
    /// <exception cref="BadFileException">A value is not of its type.</exception>
    public static GenerationOptions FromModelFile(JsonElement json, string path = "the model's configuration")
    {
        var options = new GenerationOptions();
        if (json.ValueKind != JsonValueKind.Object)
            return options;
        try
        {
            foreach (var property in json.EnumerateObject())
                if (property.Value.ValueKind != JsonValueKind.Null)
                    options = options.With(property.Name, property.Value) ?? options;
        }
        catch (ArgumentException wrong)
        {
            throw new BadFileException(path, wrong.Message, cause: wrong);
        }
        return options.MaxLength == 20 ? options with { MaxLength = null } : options;
    }

    /// <summary>This and what one property says; null where the name is not one of these.</summary>
    private GenerationOptions? With(string name, JsonElement value)
    {
        var json = new JsonOption(name, value);
        return name switch
        {
            "max_length" => this with { MaxLength = json.Integer() },
            "max_new_tokens" => this with { MaxNewTokens = json.Integer() },
            "min_length" => this with { MinLength = json.Integer() },
            "min_new_tokens" => this with { MinNewTokens = json.Integer() },
            "max_time" => this with { MaxTime = json.Number() },
            "stop_strings" => this with { StopStrings = json.Texts() },
            "num_beams" => this with { NumBeams = json.Integer() },
            "early_stopping" => this with { EarlyStopping = json.Early() },
            "length_penalty" => this with { LengthPenalty = json.Number() },
            "num_return_sequences" => this with { NumReturnSequences = json.Integer() },
            "do_sample" => this with { DoSample = json.Flag() },
            "seed" => this with { Seed = json.Long() },
            "temperature" => this with { Temperature = json.Number() },
            "top_k" => this with { TopK = json.Integer() },
            "top_p" => this with { TopP = json.Number() },
            "min_p" => this with { MinP = json.Number() },
            "typical_p" => this with { TypicalP = json.Number() },
            "epsilon_cutoff" => this with { EpsilonCutoff = json.Number() },
            "eta_cutoff" => this with { EtaCutoff = json.Number() },
            "repetition_penalty" => this with { RepetitionPenalty = json.Number() },
            "encoder_repetition_penalty" => this with { EncoderRepetitionPenalty = json.Number() },
            "no_repeat_ngram_size" => this with { NoRepeatNgramSize = json.Integer() },
            "encoder_no_repeat_ngram_size" => this with { EncoderNoRepeatNgramSize = json.Integer() },
            "bad_words_ids" => this with { BadWordsIds = json.IdLists() },
            "sequence_bias" => this with { SequenceBias = json.Biases() },
            "forced_bos_token_id" => this with { ForcedBosTokenId = json.Integer() },
            "forced_eos_token_id" => this with { ForcedEosTokenId = json.Ids() },
            "suppress_tokens" => this with { SuppressTokens = json.Ids() },
            "begin_suppress_tokens" => this with { BeginSuppressTokens = json.Ids() },
            "exponential_decay_length_penalty" => this with { ExponentialDecayLengthPenalty = json.Decay() },
            "remove_invalid_values" => this with { RemoveInvalidValues = json.Flag() },
            "renormalize_logits" => this with { RenormalizeLogits = json.Flag() },
            "prompt_lookup_num_tokens" => this with { PromptLookupNumTokens = json.Integer() },
            "max_matching_ngram_size" => this with { MaxMatchingNgramSize = json.Integer() },
            "decoder_input_ids" => this with { DecoderInputIds = json.IdLists() },
            "decoder_start_token_id" => this with { DecoderStartTokenId = json.Integer() },
            "eos_token_id" => this with { EosTokenId = json.Ids() },
            "pad_token_id" => this with { PadTokenId = json.Integer() },
            _ => null,
        };
    }

    private static bool IsNeutral(JsonElement value, string neutral) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Number => neutral.Length > 0 && value.TryGetDouble(out double number)
            && number.ToString(System.Globalization.CultureInfo.InvariantCulture) == neutral,
        JsonValueKind.False => neutral == "false",
        _ => false,
    };
}
