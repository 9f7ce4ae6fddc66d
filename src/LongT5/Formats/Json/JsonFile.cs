using System.Buffers;
using System.Text.Json;

namespace LongT5.Formats;

/// <summary>Reads files of JSON, also as Python writes it: with NaN and Infinity, which JSON does not have.</summary>
static class JsonFile
{
    private const long Largest = 32 << 20;
    private const int Deepest = 64;

    private static readonly byte[][] NoNumbers = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <summary>The object in a file such as <c>config.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">So many bytes are read at most.</param>
    /// <exception cref="BadFileException">
    /// Too large, not JSON, no object, names that stand there twice, text that is not Unicode.
    /// </exception>
    public static JsonField Read(string path, long largest = Largest)
    {
        var length = new FileInfo(path).Length;
        return length <= largest
            ? Parse(path, File.ReadAllBytes(path))
            : throw new BadFileException(path, $"it has {length} bytes; {largest} are allowed for such a file.");
    }

    /// <summary>The object in the bytes of a file.</summary>
    /// <inheritdoc cref="Read"/>
    public static JsonField Parse(string path, ReadOnlyMemory<byte> json)
    {
        var root = ParseAny(path, json);
        return root.IsObject ? root
            : throw new BadFileException(path, $"a JSON object was expected, {root.Element.ValueKind} found.");
    }

    /// <summary>Whatever value the bytes are.</summary>
    /// <inheritdoc cref="Read"/>
    public static JsonField ParseAny(string path, ReadOnlyMemory<byte> json)
    {
        Impostor.Refuse(path, json.Span);
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            json = Quoted(json);
            // Whoever reads the fields later shall not meet a text that cannot be read.
            var reader = new Utf8JsonReader(json.Span, new() { MaxDepth = Deepest });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                    reader.GetString();
            }
            return new(JsonDocument.Parse(json,
                new() { MaxDepth = Deepest, AllowDuplicateProperties = false }).RootElement, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new BadFileException(path, $"this is not the JSON that was expected: {e.Message}", cause: e);
        }
    }

    /// <summary>
    /// NaN and Infinity as texts: they harm no field that is passed over, and one that is read says what stands there.
    /// </summary>
    private static ReadOnlyMemory<byte> Quoted(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOf("NaN"u8) < 0 && json.Span.IndexOf("Infinity"u8) < 0)
            return json;
        var quoted = new ArrayBufferWriter<byte>(json.Length + 64);
        var text = json.Span;
        var inText = false;
        for (var at = 0; at < text.Length;)
        {
            var length = inText && text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
            if (text[at] == '"')
                inText = !inText;
            var rest = json[at..];
            var word = inText ? null : Array.Find(NoNumbers, word => rest.Span.StartsWith(word));
            if (word is not null)
            {
                quoted.Write("\""u8);
                quoted.Write(word);
                quoted.Write("\""u8);
                length = word.Length;
            }
            else
            {
                quoted.Write(text.Slice(at, length));
            }
            at += length;
        }
        return quoted.WrittenMemory;
    }
}
