using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;

namespace LongT5.Tasks;

/// <summary>What the files of a model say of generation, and which of them speaks.</summary>
/// <remarks>
/// <c>generation_config.json</c> speaks alone. It does not where it calls itself made from <c>config.json</c>
/// (<c>_from_model_config</c>) and that says something of generation: then <c>config.json</c> speaks alone, as for the
/// reference, and as where there is no other. Only which tokens start, end and fill a sequence, which are facts of the
/// model, is asked of both.
/// </remarks>
public sealed record GenerationDefaults
{
    private static readonly string[] Tokens = ["decoder_start_token_id", "eos_token_id", "pad_token_id"];

    /// <summary>What is in effect.</summary>
    public required GenerationOptions Options { get; init; }

    /// <summary>The members of the files that are in effect, as they are written there.</summary>
    public required IReadOnlyList<KeyValuePair<string, JsonElement>> Said { get; init; }

    /// <summary>What is passed over, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads them from an open checkpoint.</summary>
    /// <exception cref="BadFileException">A value is not of its type.</exception>
    public static GenerationDefaults Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var warnings = new List<string>();
        var config = Path.Combine(checkpoint.Folder, "config.json");
        var (speaker, path) = checkpoint.GenerationFields is { } own
            ? (own, Path.Combine(checkpoint.Folder, "generation_config.json")) : (checkpoint.ConfigFields, config);
        if (checkpoint.GenerationFields is { } copy && IsTrue(copy, "_from_model_config")
            && Says(checkpoint.ConfigFields).Any(IsNoDefault))
        {
            var lost = Says(copy).Where(said => IsNoDefault(said) && !IsSaid(checkpoint.ConfigFields, said))
                .Select(said => said.Key).ToArray();
            if (lost.Length > 0)
                warnings.Add("generation_config.json calls itself made from config.json (_from_model_config), so "
                    + "config.json speaks and "
                    + $"{string.Join(", ", lost)} of generation_config.json is passed over; remove "
                    + $"_from_model_config to have it.");
            (speaker, path) = (checkpoint.ConfigFields, config);
        }

        var options = GenerationOptions.FromModelFile(speaker, path, warnings);
        options = options with
        {
            DecoderStartTokenId = options.DecoderStartTokenId ?? StartOf(speaker)
                ?? checkpoint.Config.DecoderStartTokenId,
            EosTokenId = options.EosTokenId ?? checkpoint.Config.EosTokenIds,
            PadTokenId = options.PadTokenId is { } pad and >= 0 ? pad : checkpoint.Config.PadTokenId,
        };
        var effective = options.InEffect();
        var said = Says(speaker).Where(said => effective.Says(said.Key)).ToList();
        said.AddRange(Says(checkpoint.ConfigFields)
            .Where(other => Tokens.Contains(other.Key) && said.TrueForAll(mine => mine.Key != other.Key)));
        return new() { Options = options, Said = said, Warnings = warnings };
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Says(JsonElement file)
        => file.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null
            && GenerationOptions.IsName(member.Name))
            .Select(member => KeyValuePair.Create(member.Name, member.Value));

    /// <summary>Whether a member is more than what every T5 has where it says nothing.</summary>
    private static bool IsNoDefault(KeyValuePair<string, JsonElement> said)
        => (said.Key, said.Value.GetRawText()) is not (("pad_token_id", "0") or ("eos_token_id", "1")
            or ("max_length", "20"));

    private static bool IsSaid(JsonElement file, KeyValuePair<string, JsonElement> said)
        => file.TryGetProperty(said.Key, out var value) && JsonElement.DeepEquals(value, said.Value);

    private static bool IsTrue(JsonElement file, string name)
        => file.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int? StartOf(JsonElement file)
        => file.TryGetProperty("bos_token_id", out var bos) && bos.ValueKind == JsonValueKind.Number
            && bos.TryGetInt32(out var id) && id >= 0 ? id : null;
}
