using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using LongT5.Tasks;

namespace LongT5.Documents.Reports;

/// <summary>A report as data: the text, its blocks, the sentences of the summary with passages and doubts.</summary>
static class ReportJson
{
    // Letters of all alphabets as they are; what could end an element of HTML is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>One object on one line, without a character that means something in HTML.</summary>
    public static string Write(Report report)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("title", report.Title);
            if (report.Document.Language is { Length: > 0 } language) writer.WriteString("language", language);
            writer.WriteString("text", report.Document.Text);
            WriteBlocks(writer, report.Document);
            WriteSentences(writer, report.Summary, report.Document);
            WriteSections(writer, report);
            WriteParts(writer, report.Summary);
            writer.WriteStartArray("warnings");
            foreach (var warning in report.Document.Notes.Concat(report.Summary.Warnings))
                writer.WriteStringValue(warning);
            writer.WriteEndArray();
            writer.WriteStartArray("figures");
            foreach (var (name, value) in report.Figures)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(name);
                writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteBlocks(Utf8JsonWriter writer, Document document)
    {
        writer.WriteStartArray("blocks");
        foreach (var block in document.Blocks.Where(block => block.End > block.Start))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", block.Kind.ToString());
            if (block.Level > 0) writer.WriteNumber("level", block.Level);
            if (block.Page is { } page) writer.WriteNumber("page", page);
            writer.WriteNumber("start", block.Start);
            writer.WriteNumber("end", block.End);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSections(Utf8JsonWriter writer, Report report)
    {
        writer.WriteStartArray("sections");
        foreach (var section in report.Summary.Sections)
        {
            writer.WriteStartObject();
            writer.WriteNumber("start", section.Start);
            if (section.Heading is { } heading) writer.WriteString("heading", heading);
            WriteSentences(writer, section.Summary, report.Document);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSentences(Utf8JsonWriter writer, Summary summary, Document document)
    {
        writer.WriteStartArray("sentences");
        for (var i = 0; i < summary.Sentences.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("text", summary.Sentences[i]);
            if (summary.Evidence is { } evidence)
            {
                writer.WriteStartArray("passages");
                foreach (var passage in evidence[i]) Write(writer, passage, document.PlaceOf(passage.Start));
                writer.WriteEndArray();
            }
            writer.WriteStartArray("doubts");
            foreach (var doubt in summary.Doubts.Where(doubt => doubt.Sentence == i)) Write(writer, doubt);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Passage passage, Place place)
    {
        writer.WriteStartObject();
        writer.WriteNumber("start", passage.Start);
        writer.WriteNumber("end", passage.End);
        writer.WriteNumber("weight", Math.Round(passage.Weight, 3));
        if (place.Section is { } section) writer.WriteString("section", section);
        if (place.Page is { } page) writer.WriteNumber("page", page);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Doubt doubt)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", doubt.Kind.ToString());
        writer.WriteNumber("start", doubt.Start);
        writer.WriteNumber("end", doubt.End);
        writer.WriteString("reason", doubt.Reason);
        writer.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter writer, Summary summary)
    {
        writer.WriteStartArray("parts");
        foreach (var part in summary.Parts.Where(part => part.Level == 1))
        {
            writer.WriteStartObject();
            writer.WriteNumber("start", part.Start);
            if (part.Heading is { } heading) writer.WriteString("heading", heading);
            writer.WriteString("text", part.Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
