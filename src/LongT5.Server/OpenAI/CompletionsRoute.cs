using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary><c>POST /v1/completions</c>: what a model writes on prompts, as they are.</summary>
static class CompletionsRoute
{
    private const int MostPrompts = 16;

    /// <summary>The route.</summary>
    public static ApiRoute Route { get; }
        = ApiRoute.Post("/v1/completions", ErrorShape.OpenAI, call => Run(call, null)) with
        {
            Operation = "text_completion",
        };

    /// <summary>Answers a request.</summary>
    /// <param name="call">The request.</param>
    /// <param name="name">The model, where its path names it; null for the one that its body names.</param>
    public static async Task Run(Call call, string? name)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(name ?? fields.Text("model"));
        var prompts = fields.Texts("prompt", MostPrompts);
        if (prompts.Count == 0) throw ApiError.Of("prompt", "there is no prompt.");
        var streams = fields.Flag("stream") ?? false;
        if (streams && prompts.Count > 1)
            throw ApiError.Of("prompt", "the answer to several prompts is not streamed; send one.");
        var countsTokens = StreamOptions.CountsTokens(fields);
        var stops = fields.Stops("stop");
        fields.Refuse("the answer is what is written", "echo", "suffix");
        var likeliest = LogProbabilities.OfCompletions(fields);
        var best = fields.Whole("best_of", 1, 128);
        var generation = Sampling.Read(fields, "max_tokens");
        if (best is not null && best != (generation.NumReturnSequences ?? 1))
            throw ApiError.Of("best_of", "best_of can be n here; num_beams gives the best of several.");
        fields.End();
        var requests = prompts.Select(prompt => new TextRequest
        {
            Model = model,
            Kind = TextKind.Text,
            Text = prompt,
            Stops = stops,
            Options = new() { Generation = generation, LikeliestTokens = likeliest },
        }).ToList();
        if (streams)
            await Stream(call, requests[0], countsTokens);
        else
            await Reply(call, model, await All(call, requests));
    }

    private static async Task<IReadOnlyList<IReadOnlyList<WrittenText>>> All(Call call, List<TextRequest> requests)
        => await Task.WhenAll(requests.Select(request => call.Server.Texts.Run(request, call.Stop)));

    private static Task Reply(Call call, OpenModel model, IReadOnlyList<IReadOnlyList<WrittenText>> prompts)
        => call.Reply(writer =>
        {
            writer.WriteStartObject();
            WriteHead(writer, call, model);
            writer.WriteStartArray("choices");
            foreach (var (i, text) in prompts.SelectMany(texts => texts).Index())
                WriteChoice(writer, i, text.Text, text.End.Reason(), LogProbabilities.Of(text));
            writer.WriteEndArray();
            Answers.WriteUsage(writer, prompts);
            Answers.WriteWarnings(writer, prompts.SelectMany(texts => texts));
            writer.WriteEndObject();
        });

    private static async Task Stream(Call call, TextRequest request, bool countsTokens)
    {
        var events = call.Events;
        IReadOnlyList<WrittenText> texts = [];
        var hasText = false;
        await foreach (var happening in call.Happenings(request, done => texts = done))
        {
            if (happening is null) await events.Ping();
            if (happening?.Text is not { } piece) continue;
            hasText = true;
            await Chunk(0, piece, null);
        }
        foreach (var (i, text) in texts.Index())
        {
            if (LogProbabilities.Of(text) is { Count: > 0 } tokens)
            {
                var offset = 0;
                foreach (var piece in LogProbabilities.Pieces(text, tokens))
                {
                    await Chunk(i, piece.Text, null, piece.Tokens, offset);
                    offset += piece.Text.Length;
                }
                await Chunk(i, "", text.End.Reason());
            }
            else
                await Chunk(i, hasText && i == 0 ? "" : text.Text, text.End.Reason());
        }
        if (countsTokens)
            await events.Send(null, writer =>
            {
                writer.WriteStartObject();
                WriteHead(writer, call, request.Model);
                writer.WriteStartArray("choices");
                writer.WriteEndArray();
                Answers.WriteUsage(writer, [texts]);
                Answers.WriteWarnings(writer, texts);
                writer.WriteEndObject();
            });
        await events.Send(null, "[DONE]"u8.ToArray());

        Task Chunk(int index, string text, string? reason, IReadOnlyList<TokenScore>? tokens = null, int offset = 0)
            => events.Send(null, writer =>
        {
            writer.WriteStartObject();
            WriteHead(writer, call, request.Model);
            writer.WriteStartArray("choices");
            WriteChoice(writer, index, text, reason, tokens, offset);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private static void WriteHead(Utf8JsonWriter writer, Call call, OpenModel model)
    {
        writer.WriteString("id", $"cmpl-{call.Id}");
        writer.WriteString("object", "text_completion");
        writer.WriteNumber("created", call.Created);
        writer.WriteString("model", model.Name);
    }

    private static void WriteChoice(Utf8JsonWriter writer, int index, string text, string? reason,
        IReadOnlyList<TokenScore>? tokens, int offset = 0)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", index);
        writer.WriteString("text", text);
        LogProbabilities.WriteOfCompletion(writer, tokens, offset);
        writer.WriteString("finish_reason", reason);
        writer.WriteEndObject();
    }
}
