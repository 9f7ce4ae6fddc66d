using System.Text.Json;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>What OpenAI's answers have in common.</summary>
static class Answers
{
    /// <summary>Why a text ended, in OpenAI's words.</summary>
    public static string Reason(this TextEnd end) => end == TextEnd.Limit ? "length" : "stop";

    /// <summary>Counts the tokens of the texts that were written on each prompt.</summary>
    public static void WriteUsage(Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<WrittenText>> prompts)
    {
        var read = prompts.Sum(texts => texts[0].Whole.InputTokens);
        var written = prompts.Sum(texts => texts.Sum(text => text.Whole.OutputTokens));
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", read);
        writer.WriteNumber("completion_tokens", written);
        writer.WriteNumber("total_tokens", read + written);
        writer.WriteEndObject();
    }

    /// <summary>
    /// What a reader should know, where there is something: no member of OpenAI's, which others pass over.
    /// </summary>
    public static void WriteWarnings(Utf8JsonWriter writer, IEnumerable<WrittenText> texts)
    {
        var warnings = texts.SelectMany(text => text.Whole.Warnings).Distinct().ToList();
        if (warnings.Count == 0) return;
        writer.WriteStartArray("warnings");
        foreach (var warning in warnings)
            writer.WriteStringValue(warning);
        writer.WriteEndArray();
    }
}
