using System.Text.Json;
using LongT5.Documents;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>OpenAI's object of a response, while it is made and when it is whole.</summary>
/// <param name="call">What it answers.</param>
/// <param name="request">What was asked.</param>
/// <param name="instructions">The instructions, as they are given back.</param>
/// <param name="documents">What was read; null for a text.</param>
sealed class ResponseJson(Call call, TextRequest request, string? instructions, SentDocuments? documents)
{
    private string ItemId => $"msg_{call.Id}";

    /// <summary>Writes the response; without a text while it is made.</summary>
    public void Write(Utf8JsonWriter writer, WrittenText? text)
    {
        var isCut = text?.End == TextEnd.Limit;
        writer.WriteStartObject();
        writer.WriteString("id", $"resp_{call.Id}");
        writer.WriteString("object", "response");
        writer.WriteNumber("created_at", call.Created);
        writer.WriteString("status", Status(text));
        writer.WriteBoolean("background", false);
        writer.WriteNull("error");
        if (isCut)
        {
            writer.WriteStartObject("incomplete_details");
            writer.WriteString("reason", "max_output_tokens");
            writer.WriteEndObject();
        }
        else
            writer.WriteNull("incomplete_details");
        writer.WriteString("instructions", instructions);
        Write(writer, "max_output_tokens", request.Options.Generation.MaxNewTokens);
        writer.WriteString("model", request.Model.Name);
        writer.WriteStartArray("output");
        if (text is not null) WriteItem(writer, text);
        writer.WriteEndArray();
        writer.WriteBoolean("parallel_tool_calls", false);
        writer.WriteNull("previous_response_id");
        writer.WriteBoolean("store", false);
        writer.WriteNumber("temperature", request.Options.Generation.DoSample == true
            ? request.Options.Generation.Temperature ?? 1 : 0);
        writer.WriteStartObject("text");
        writer.WriteStartObject("format");
        writer.WriteString("type", "text");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteString("tool_choice", "none");
        writer.WriteStartArray("tools");
        writer.WriteEndArray();
        writer.WriteNumber("top_logprobs", request.Options.LikeliestTokens ?? 0);
        writer.WriteNumber("top_p", request.Options.Generation.TopP ?? 1);
        writer.WriteString("truncation", "disabled");
        WriteUsage(writer, text);
        writer.WriteStartObject("metadata");
        writer.WriteEndObject();
        if (text is not null) Answers.WriteWarnings(writer, [text]);
        writer.WriteEndObject();
    }

    /// <summary>Writes the message in it.</summary>
    public void WriteItem(Utf8JsonWriter writer, WrittenText? text)
    {
        writer.WriteStartObject();
        writer.WriteString("id", ItemId);
        writer.WriteString("type", "message");
        writer.WriteString("role", "assistant");
        writer.WriteString("status", Status(text));
        writer.WriteStartArray("content");
        if (text is not null) WritePart(writer, text.Text, FileCitation.Of(text, documents), LogProbabilities.Of(text));
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Writes where in the response a text stands: members of an event.</summary>
    public void WritePlace(Utf8JsonWriter writer)
    {
        writer.WriteString("item_id", ItemId);
        writer.WriteNumber("output_index", 0);
        writer.WriteNumber("content_index", 0);
    }

    /// <summary>Writes a text of the message.</summary>
    public static void WritePart(
        Utf8JsonWriter writer, string text, IReadOnlyList<FileCitation> citations, IReadOnlyList<TokenScore>? tokens)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "output_text");
        writer.WriteString("text", text);
        writer.WriteStartArray("annotations");
        foreach (var citation in citations)
            citation.Write(writer);
        writer.WriteEndArray();
        LogProbabilities.WriteTokens(writer, "logprobs", tokens);
        writer.WriteEndObject();
    }

    private static string Status(WrittenText? text)
        => text is null ? "in_progress" : text.End == TextEnd.Limit ? "incomplete" : "completed";

    private static void WriteUsage(Utf8JsonWriter writer, WrittenText? text)
    {
        if (text?.Whole is not { } whole)
        {
            writer.WriteNull("usage");
            return;
        }
        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", whole.InputTokens);
        writer.WriteStartObject("input_tokens_details");
        writer.WriteNumber("cached_tokens", 0);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens", whole.OutputTokens);
        writer.WriteStartObject("output_tokens_details");
        writer.WriteNumber("reasoning_tokens", 0);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens", whole.InputTokens + whole.OutputTokens);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, int? number)
    {
        if (number is { } value) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }
}
