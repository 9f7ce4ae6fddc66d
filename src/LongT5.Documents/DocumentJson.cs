using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LongT5.Documents;

/// <summary>A document as JSON: what people look at, and how it comes out of the process that read it.</summary>
public static class DocumentJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// One object on one line: <c>format</c>, <c>title</c>, <c>language</c>, <c>pages</c>, <c>notes</c>,
    /// <c>sections</c> (heading, level, start, end), <c>blocks</c> (kind, level, page, section, start, end, text) and
    /// <c>text</c>; ranges count UTF-16 units of <c>text</c>.
    /// </summary>
    public static string Write(Document document)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Options))
            Write(writer, document);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>The document that <see cref="Write(Document)"/> wrote.</summary>
    public static Document Read(ReadOnlyMemory<byte> json)
    {
        using var parsed = JsonDocument.Parse(json);
        var root = parsed.RootElement;
        var format = Enum.Parse<DocumentFormat>(root.GetProperty("format").GetString()!);
        var blocks = root.GetProperty("blocks").EnumerateArray().Select(block =>
            new Block(Enum.Parse<BlockKind>(block.GetProperty("kind").GetString()!), block.GetProperty("text")
                .GetString()!)
            {
                Level = Number(block, "level") ?? 0,
                Page = Number(block, "page"),
            });
        return new(format, blocks)
        {
            Title = Words(root, "title"),
            Language = Words(root, "language"),
            Pages = Number(root, "pages"),
            Notes = [.. root.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)],
        };
    }

    private static void Write(Utf8JsonWriter writer, Document document)
    {
        writer.WriteStartObject();
        writer.WriteString("format", document.Format.ToString());
        writer.WriteString("title", document.Title);
        writer.WriteString("language", document.Language);
        Write(writer, "pages", document.Pages);
        writer.WriteStartArray("notes");
        foreach (var note in document.Notes)
            writer.WriteStringValue(note);
        writer.WriteEndArray();
        writer.WriteStartArray("sections");
        foreach (var section in document.Sections)
        {
            writer.WriteStartObject();
            writer.WriteString("heading", section.Heading);
            writer.WriteNumber("level", section.Level);
            writer.WriteNumber("start", section.Start);
            writer.WriteNumber("end", section.End);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("blocks");
        foreach (var block in document.Blocks)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", block.Kind.ToString());
            if (block.Level > 0) writer.WriteNumber("level", block.Level);
            if (block.Page is not null) Write(writer, "page", block.Page);
            if (block.Section is not null) Write(writer, "section", block.Section);
            writer.WriteNumber("start", block.Start);
            writer.WriteNumber("end", block.End);
            writer.WriteString("text", block.Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteString("text", document.Text);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is { } value) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }

    private static int? Number(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetInt32() : null;

    private static string? Words(JsonElement element, string name) => element.GetProperty(name).GetString();
}
