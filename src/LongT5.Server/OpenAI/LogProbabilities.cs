using System.Text;
using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>How likely each token was, in the two ways that OpenAI's routes say it.</summary>
static class LogProbabilities
{
    private const int MostOfChat = 20, MostOfCompletions = 5;

    private const string Included = "message.output_text.logprobs";

    // JSON has no infinity.
    private const float Least = -9999;

    /// <summary>What a chat asks: <c>logprobs</c>, <c>top_logprobs</c>.</summary>
    public static int? OfChat(Fields fields)
    {
        var (asks, most) = (fields.Flag("logprobs") ?? false, fields.Whole("top_logprobs", 0, MostOfChat));
        return asks ? most ?? 0 : most is null or 0 ? null
            : throw ApiError.Of("top_logprobs", "top_logprobs needs logprobs: true.");
    }

    /// <summary>What a response asks: <c>include</c>, of which nothing else is offered, and <c>top_logprobs</c>.
    /// </summary>
    public static int? OfResponses(Fields fields)
    {
        var (asks, most) = (false, fields.Whole("top_logprobs", 0, MostOfChat));
        foreach (var (i, wanted) in (fields.List("include") ?? []).Index())
            asks = wanted.ValueKind == JsonValueKind.String && wanted.ValueEquals(Included) ? true
                : throw ApiError.Of($"include[{i}]", $"include[{i}] is not offered; {Included} is all that there is.");
        return asks ? most ?? 0 : most is null or 0 ? null
            : throw ApiError.Of("top_logprobs", $"top_logprobs needs include: [\"{Included}\"].");
    }

    /// <summary>What a completion asks: how many.</summary>
    public static int? OfCompletions(Fields fields) => fields.Whole("logprobs", 0, MostOfCompletions);

    /// <summary>The tokens of a text up to where it was cut.</summary>
    public static IReadOnlyList<TokenScore>? Of(WrittenText text)
    {
        if (text.Whole.Tokens is not { } tokens || text.End != TextEnd.Stop) return text.Whole.Tokens;
        var length = 0;
        return [.. tokens.TakeWhile(token => (length += token.Text.Length) <= text.Text.Length)];
    }

    /// <summary>
    /// A text in pieces with their tokens: a token each where these are the text, otherwise (a summary in the
    /// characters of its source) all of it at once.
    /// </summary>
    public static IEnumerable<(string Text, IReadOnlyList<TokenScore> Tokens)> Pieces(
        WrittenText text, IReadOnlyList<TokenScore> tokens)
        => string.Concat(tokens.Select(token => token.Text)) == text.Text
            ? tokens.Select(token => (token.Text, (IReadOnlyList<TokenScore>)[token])) : [(text.Text, tokens)];

    /// <summary>The member of a choice of a chat.</summary>
    public static void WriteOfChat(Utf8JsonWriter writer, IEnumerable<TokenScore>? tokens)
    {
        if (tokens is null)
        {
            writer.WriteNull("logprobs");
            return;
        }
        writer.WriteStartObject("logprobs");
        WriteTokens(writer, "content", tokens);
        writer.WriteNull("refusal");
        writer.WriteEndObject();
    }

    /// <summary>A list of tokens with their alternatives; an empty one for none.</summary>
    public static void WriteTokens(Utf8JsonWriter writer, string name, IEnumerable<TokenScore>? tokens)
    {
        writer.WriteStartArray(name);
        foreach (var token in tokens ?? [])
        {
            writer.WriteStartObject();
            Write(token);
            writer.WriteStartArray("top_logprobs");
            foreach (var other in token.Likeliest)
            {
                writer.WriteStartObject();
                Write(other);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();

        void Write(TokenScore token)
        {
            writer.WriteString("token", token.Text);
            writer.WriteNumber("logprob", Math.Max(Least, token.LogProbability));
            writer.WriteStartArray("bytes");
            foreach (var one in Encoding.UTF8.GetBytes(token.Text)) writer.WriteNumberValue(one);
            writer.WriteEndArray();
        }
    }

    /// <summary>The member of a choice of a completion.</summary>
    /// <param name="writer">Writes it.</param>
    /// <param name="tokens">The tokens; null for none.</param>
    /// <param name="offset">Where the first of them stands in the text.</param>
    public static void WriteOfCompletion(Utf8JsonWriter writer, IReadOnlyList<TokenScore>? tokens, int offset)
    {
        if (tokens is null)
        {
            writer.WriteNull("logprobs");
            return;
        }
        writer.WriteStartObject("logprobs");
        writer.WriteStartArray("tokens");
        foreach (var token in tokens) writer.WriteStringValue(token.Text);
        writer.WriteEndArray();
        writer.WriteStartArray("token_logprobs");
        foreach (var token in tokens) writer.WriteNumberValue(Math.Max(Least, token.LogProbability));
        writer.WriteEndArray();
        writer.WriteStartArray("top_logprobs");
        foreach (var token in tokens)
        {
            writer.WriteStartObject();
            // Two tokens may be written alike; the likelier one is told of.
            foreach (var other in token.Likeliest.DistinctBy(one => one.Text))
                writer.WriteNumber(other.Text, Math.Max(Least, other.LogProbability));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("text_offset");
        foreach (var token in tokens)
        {
            writer.WriteNumberValue(offset);
            offset += token.Text.Length;
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
