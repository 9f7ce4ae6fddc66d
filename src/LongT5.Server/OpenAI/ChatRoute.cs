using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
static class ChatRoute
{
    /// <summary>The route.</summary>
    public static ApiRoute Route { get; }
        = ApiRoute.Post("/v1/chat/completions", ErrorShape.OpenAI, call => Run(call, null)) with { Operation = "chat" };

    /// <summary>Answers a request.</summary>
    /// <param name="call">The request.</param>
    /// <param name="name">The model, where its path names it; null for the one that its body names.</param>
    public static async Task Run(Call call, string? name)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(name ?? fields.Text("model"));
        var messages = new Messages("messages");
        foreach (var (i, message) in (fields.List("messages") ?? []).Index())
            messages.Add(message, $"messages[{i}]");
        var streams = fields.Flag("stream") ?? false;
        var countsTokens = StreamOptions.CountsTokens(fields);
        var stops = fields.Stops("stop");
        Refuse(fields);
        var likeliest = LogProbabilities.OfChat(fields);
        var generation = Sampling.Read(fields, "max_completion_tokens", "max_tokens");
        fields.End();
        var request = await messages.Ask(call, model);
        request = request with
        {
            Stops = stops,
            Options = request.Options with
            {
                Generation = generation,
                LikeliestTokens = likeliest,
            }
        };
        if (streams)
            await Stream(call, request, countsTokens);
        else
            await Reply(call, request, await call.Server.Texts.Run(request, call.Stop));
    }

    private static void Refuse(Fields fields)
    {
        fields.Refuse("nothing is called here", "tools", "tool_choice", "functions", "function_call",
            "parallel_tool_calls", "web_search_options");
        fields.Refuse("the answer is a text", "audio", "prediction");
        fields.Object("response_format")?.Choice("type", "text");
        fields.PassOver("reasoning_effort", "verbosity");
        if (fields.Texts("modalities", 4) is { Count: > 0 } modalities && modalities.Any(one => one != "text"))
            throw ApiError.Of("modalities", "modalities can be text here.");
    }

    private static Task Reply(Call call, TextRequest request, IReadOnlyList<WrittenText> texts)
        => call.Reply(writer =>
        {
            writer.WriteStartObject();
            WriteHead(writer, call, request, "chat.completion");
            writer.WriteStartArray("choices");
            foreach (var (i, text) in texts.Index())
            {
                writer.WriteStartObject();
                writer.WriteNumber("index", i);
                writer.WriteStartObject("message");
                writer.WriteString("role", "assistant");
                writer.WriteString("content", text.Text);
                writer.WriteNull("refusal");
                writer.WriteStartArray("annotations");
                writer.WriteEndArray();
                writer.WriteEndObject();
                LogProbabilities.WriteOfChat(writer, LogProbabilities.Of(text));
                writer.WriteString("finish_reason", text.End.Reason());
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            Answers.WriteUsage(writer, [texts]);
            Answers.WriteWarnings(writer, texts);
            writer.WriteEndObject();
        });

    private static async Task Stream(Call call, TextRequest request, bool countsTokens)
    {
        var events = call.Events;
        IReadOnlyList<WrittenText> texts = [];
        var hasText = false;
        await foreach (var happening in call.Happenings(request, done => texts = done))
        {
            if (happening is not { } now)
                await events.Ping();
            else if (now.Text is { } piece)
            {
                if (!hasText) await Chunk(0, "", null);
                hasText = true;
                await Chunk(0, piece, null);
            }
        }
        foreach (var (i, text) in texts.Index())
        {
            // Several texts, and one that was given back as it stood, come whole; one whose tokens are told of comes by
            // tokens.
            if (!hasText || i > 0) await Chunk(i, "", null);
            if (LogProbabilities.Of(text) is { Count: > 0 } tokens)
                foreach (var piece in LogProbabilities.Pieces(text, tokens))
                    await Chunk(i, piece.Text, null, piece.Tokens);
            else if (!hasText || i > 0) await Chunk(i, text.Text, null);
            await Chunk(i, null, text.End.Reason());
        }
        if (countsTokens)
            await events.Send(null, writer => WriteChunk(writer, null, null, null));
        await events.Send(null, "[DONE]"u8.ToArray());

        Task Chunk(int index, string? text, string? reason, IReadOnlyList<TokenScore>? tokens = null)
            => events.Send(null, writer => WriteChunk(writer, index, text, reason, tokens));

        void WriteChunk(Utf8JsonWriter writer, int? index, string? text, string? reason,
            IReadOnlyList<TokenScore>? tokens = null)
        {
            writer.WriteStartObject();
            WriteHead(writer, call, request, "chat.completion.chunk");
            writer.WriteStartArray("choices");
            if (index is { } number)
            {
                writer.WriteStartObject();
                writer.WriteNumber("index", number);
                writer.WriteStartObject("delta");
                if (text is "") writer.WriteString("role", "assistant");
                if (text is not null) writer.WriteString("content", text);
                writer.WriteEndObject();
                LogProbabilities.WriteOfChat(writer, tokens);
                writer.WriteString("finish_reason", reason);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            if (index is null)
            {
                Answers.WriteUsage(writer, [texts]);
                Answers.WriteWarnings(writer, texts);
            }
            writer.WriteEndObject();
        }
    }

    private static void WriteHead(Utf8JsonWriter writer, Call call, TextRequest request, string kind)
    {
        writer.WriteString("id", $"chatcmpl-{call.Id}");
        writer.WriteString("object", kind);
        writer.WriteNumber("created", call.Created);
        writer.WriteString("model", request.Model.Name);
    }
}
