using System.Text.Json;

namespace LongT5.Formats;

/// <summary>Small JSON files that hold an object: <c>config.json</c>, an index of shards, <c>.zarray</c>.</summary>
static class JsonFile
{
    private const long Largest = 32 << 20;

    /// <exception cref="BadFileException">Too large, not JSON, no object, names that stand there twice, text that is not Unicode.</exception>
    public static JsonElement Read(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= Largest
            ? Parse(path, File.ReadAllBytes(path))
            : throw new BadFileException(path, $"it has {length} bytes; {Largest} are allowed for such a file.");
    }

    public static JsonElement Parse(string path, ReadOnlySpan<byte> json)
    {
        if (json.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            // Whoever reads the fields later shall not meet a text that cannot be read.
            var reader = new Utf8JsonReader(json, new() { MaxDepth = 32 });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                    reader.GetString();
            }
            using var document = JsonDocument.Parse(json.ToArray(), new() { MaxDepth = 32, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new BadFileException(path, $"a JSON object was expected, {document.RootElement.ValueKind} found.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new BadFileException(path, $"this is not the JSON that was expected: {e.Message}", cause: e);
        }
    }
}
