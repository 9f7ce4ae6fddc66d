using System.Text.Json;
using LongT5.Formats;
using LongT5.Text;

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

    /// <summary>
    /// Names that Hugging Face has for ways of searching that are not here, each with the value that asks for nothing.
    /// </summary>
    private static readonly Dictionary<string, string> NotHere = new()
    {
        ["num_beam_groups"] = "1",
        ["diversity_penalty"] = "0",
        ["constraints"] = "",
        ["force_words_ids"] = "",
        ["dola_layers"] = "",
        ["guidance_scale"] = "1",
        ["watermarking_config"] = "",
        ["token_healing"] = "false",
        ["assistant_early_exit"] = "",
    };

    /// <summary>Reads options by Hugging Face's names.</summary>
    /// <param name="json">An object such as <c>{"num_beams": 4, "early_stopping":
    /// "never"}</c>; a null says nothing.</param>
    /// <param name="ignored">Receives the names that are known but change
    /// nothing here, such as <c>use_cache</c>.</param>
    /// <exception cref="ArgumentException">A name is unknown, or a value is not of its type.</exception>
    public static GenerationOptions FromJson(JsonElement json, ICollection<string>? ignored = null)
    {
        const string Source = "the generation options";
        try
        {
            var options = new GenerationOptions();
            foreach (var (name, value) in new JsonField(json, Source).Properties())
            {
                if (ByName.TryGetValue(name, out var option))
                    options = option.Read(options, value);
                else if (WithoutMeaning.Contains(name))
                    ignored?.Add(name);
                else if (!NotHere.TryGetValue(name, out var neutral))
                    throw new ArgumentException(
                        $"'{name}' is not a generation "
                            + $"option{(NearestName.Of(name, ByName.Keys) is { } near ? $"; is {near} meant?" : ".")}");
                else if (!IsNeutral(value.Element, neutral))
                    throw new ArgumentException(
                        $"'{name}' asks for a way of searching that is not offered; leave it out.");
            }
            return options;
        }
        catch (BadFileException wrong)
        {
            throw new ArgumentException(wrong.Message[$"{Source}: ".Length..], wrong);
        }
    }

    /// <summary>
    /// Reads what <c>config.json</c> or <c>generation_config.json</c> says of generation, passing over all else. A
    /// <c>max_length</c> of 20 there is the reference's default written out, and means 20 new tokens.
    /// </summary>
    /// <param name="json">The file's content; nothing is said by what is not an object.</param>
    /// <param name="path">The file, to be named in errors.</param>
    /// <param name="warnings">Receives a sentence for each way of searching that is asked for and not offered.</param>
    /// <exception cref="BadFileException">A value is not of its type.</exception>
    public static GenerationOptions FromModelFile(
        JsonElement json, string path = "the model's configuration", ICollection<string>? warnings = null)
        => json.ValueKind == JsonValueKind.Object ? FromModelFile(new JsonField(json, path), warnings) : new();

    /// <summary>The same of an object within a file.</summary>
    internal static GenerationOptions FromModelFile(JsonField fields, ICollection<string>? warnings)
    {
        var options = new GenerationOptions();
        foreach (var (name, value) in fields.Properties().Where(property => !property.Value.IsNull))
        {
            if (ByName.TryGetValue(name, out var option))
                options = option.Read(options, value);
            else if (NotHere.TryGetValue(name, out var neutral) && !IsNeutral(value.Element, neutral))
                warnings?.Add($"{Path.GetFileName(fields.Path)} asks for {name} {value.Element.GetRawText()}, a way of "
                    + "searching that is not offered and is passed over: what is written may differ from the "
                    + "reference's.");
        }
        return options.MaxLength == 20 ? options with { MaxLength = null } : options;
    }

    /// <summary>Whether an option is called so.</summary>
    internal static bool IsName(string name) => ByName.ContainsKey(name);

    /// <summary>Whether something is said of the option that is called so.</summary>
    internal bool Says(string name) => ByName.TryGetValue(name, out var option) && option.IsSaid(this);

    /// <summary>
    /// Writes what is said, by Hugging Face's names, as members of an object that the caller begins and ends.
    /// </summary>
    public void Write(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var option in All)
            option.Write(writer, this);
    }

    /// <summary>What is said, in words: <c>max_new_tokens 192, num_beams 4</c>.</summary>
    public override string ToString(
        ) => string.Join(", ", All.Where(option => option.IsSaid(this)).Select(option => option.Said(this)));

    private static bool IsNeutral(JsonElement value, string neutral) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Number => neutral.Length > 0 && value.TryGetDouble(out var number)
            && number.ToString(System.Globalization.CultureInfo.InvariantCulture) == neutral,
        JsonValueKind.False => neutral == "false",
        _ => false,
    };
}
