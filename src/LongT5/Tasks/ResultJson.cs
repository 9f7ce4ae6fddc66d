using System.Text.Json;

namespace LongT5.Tasks;

/// <summary>Results as JSON: the members of an object that the caller begins and ends.</summary>
public static class ResultJson
{
    /// <summary>Writes what a model made, and what is to be known of it.</summary>
    /// <param name="writer">Stands within an object.</param>
    /// <param name="name">What was made, in one word: the member that holds the text.</param>
    /// <param name="result">The text.</param>
    /// <param name="place">Writes what else is known of the place of a passage, within its object; null for nothing.
    /// </param>
    public static void Write(
        Utf8JsonWriter writer, string name, GeneratedText result, Action<Utf8JsonWriter, Passage>? place = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(result);
        writer.WriteString(name, result.Text);
        if (result is Summary summary)
            Write(writer, summary, place);
        if (float.IsFinite(result.Score))
            writer.WriteNumber("score", result.Score);
        writer.WriteNumber("tokens_in", result.InputTokens);
        writer.WriteNumber("tokens_dropped", result.DroppedTokens);
        writer.WriteBoolean("input_cut", result.IsInputCut);
        writer.WriteNumber("tokens_out", result.OutputTokens);
        writer.WriteNumber("tokens_left_away", result.LeftAwayTokens);
        writer.WriteBoolean("output_cut", result.IsOutputCut);
        writer.WriteNumber("seconds_reading", Math.Round(result.Timings.Reading.TotalSeconds, 3));
        writer.WriteNumber("seconds_writing", Math.Round(result.Timings.Writing.TotalSeconds, 3));
        WriteStrings(writer, "warnings", result.Warnings);
        if (result is Summary { Parts: { Count: > 0 } parts })
            WriteParts(writer, parts);
        if (result is Summary { Sections: { Count: > 0 } sections })
            WriteSections(writer, name, sections, place);
    }

    private static void Write(Utf8JsonWriter writer, Summary summary, Action<Utf8JsonWriter, Passage>? place)
    {
        WriteStrings(writer, "sentences", summary.Sentences);
        writer.WriteStartArray("doubts");
        foreach (var doubt in summary.Doubts)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", doubt.Kind.ToString().ToLowerInvariant());
            writer.WriteNumber("sentence", doubt.Sentence);
            writer.WriteNumber("start", doubt.Start);
            writer.WriteNumber("end", doubt.End);
            writer.WriteString("text", summary.Sentences[doubt.Sentence][doubt.Start..doubt.End]);
            writer.WriteString("reason", doubt.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("sentences_left_out", summary.SentencesLeftOut);
        if (summary.Evidence is null) return;
        writer.WriteStartArray("evidence");
        foreach (var passages in summary.Evidence)
        {
            writer.WriteStartArray();
            foreach (var passage in passages)
            {
                writer.WriteStartObject();
                writer.WriteNumber("start", passage.Start);
                writer.WriteNumber("end", passage.End);
                writer.WriteString("text", passage.Text);
                writer.WriteNumber("weight", Math.Round(passage.Weight, 3));
                place?.Invoke(writer, passage);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>Writes what went wrong.</summary>
    /// <param name="writer">Stands within an object.</param>
    /// <param name="sentence">What happened and what to do.</param>
    public static void WriteError(Utf8JsonWriter writer, string sentence)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("error", sentence);
    }

    private static void WriteParts(Utf8JsonWriter writer, IReadOnlyList<SummaryPart> parts)
    {
        writer.WriteStartArray("parts");
        foreach (var part in parts)
        {
            writer.WriteStartObject();
            writer.WriteNumber("level", part.Level);
            writer.WriteNumber("start", part.Start);
            writer.WriteNumber("end", part.End);
            if (part.Heading is not null)
                writer.WriteString("heading", part.Heading);
            writer.WriteNumber("tokens_in", part.InputTokens);
            writer.WriteNumber("tokens_out", part.OutputTokens);
            writer.WriteString("summary", part.Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSections(Utf8JsonWriter writer, string name, IReadOnlyList<SectionSummary> sections,
        Action<Utf8JsonWriter, Passage>? place)
    {
        writer.WriteStartArray("sections");
        foreach (var section in sections)
        {
            writer.WriteStartObject();
            if (section.Heading is not null)
                writer.WriteString("heading", section.Heading);
            writer.WriteNumber("level", section.Level);
            writer.WriteNumber("start", section.Start);
            writer.WriteNumber("end", section.End);
            Write(writer, name, section.Summary, place);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
