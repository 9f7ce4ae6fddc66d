using System.Text.Json;

namespace LongT5.Formats;

/// <summary>What a <c>tokenizer_config.json</c> says beyond its vocabulary file.</summary>
/// <param name="Sentinels">How many sentinels there are (<c>extra_ids</c>), or null if it does not say.</param>
sealed record TokenizerConfig(int? Sentinels)
{
    /// <summary>Reads the file beside a vocabulary; empty if there is none.</summary>
    /// <exception cref="BadFileException">It is not JSON, or not of the expected kinds.</exception>
    public static TokenizerConfig Beside(string vocabulary)
    {
        var path = Path.Combine(Path.GetDirectoryName(vocabulary) ?? "", "tokenizer_config.json");
        if (!File.Exists(path)) return new((int?)null);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new BadFileException(path, "expected a JSON object");
            if (!document.RootElement.TryGetProperty("extra_ids", out var value) || value.ValueKind == JsonValueKind.Null) return new((int?)null);
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count is >= 0 and <= 100_000 ? new(count)
                : throw new BadFileException(path, $"extra_ids is {value.GetRawText()}; expected a count up to 100000");
        }
        catch (JsonException broken)
        {
            throw new BadFileException(path, $"it is not valid JSON: {broken.Message}", broken.BytePositionInLine, broken);
        }
    }
}
