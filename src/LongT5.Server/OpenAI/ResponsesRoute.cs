using System.Text.Json;
using LongT5.Documents;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary><c>POST /v1/responses</c>: a document as text or as a file, and what is written on it.</summary>
static class ResponsesRoute
{
    /// <summary>The route.</summary>
    public static ApiRoute Route { get; } = ApiRoute.Post("/v1/responses", ErrorShape.OpenAI, Run) with
    {
        Operation = "responses",
        NamesEvents = true,
    };

    private static async Task Run(Call call)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(fields.Text("model"));
        var messages = new Messages("input");
        var instructions = fields.Text("instructions");
        messages.Instruct(instructions);
        if (fields["input"] is { ValueKind: JsonValueKind.String } text)
            messages.Say(Fields.Text(text, "input"));
        else
            foreach (var (i, item) in (fields.List("input") ?? []).Index())
                messages.Add(item, $"input[{i}]");
        var streams = fields.Flag("stream") ?? false;
        fields.Object("stream_options")?.PassOver("include_obfuscation");
        Refuse(fields);
        var likeliest = LogProbabilities.OfResponses(fields);
        var generation = Sampling.Read(fields, "max_output_tokens");
        fields.End();
        var request = await messages.Ask(call, model);
        request = request with
        {
            Options = request.Options with
            {
                Generation = generation,
                Evidence = EvidenceMode.Passages,
                LikeliestTokens = likeliest,
            },
        };
        var response = new ResponseJson(call, request, instructions, messages.Documents);
        if (streams)
            await Stream(call, request, response, messages.Documents);
        else
        {
            var texts = await call.Server.Texts.Run(request, call.Stop);
            await call.Reply(writer => response.Write(writer, texts[0]));
        }
    }

    private static void Refuse(Fields fields)
    {
        fields.Refuse("nothing is called here", "tools", "tool_choice", "max_tool_calls", "prompt");
        fields.Refuse("answers are not kept", "previous_response_id", "conversation", "background");
        fields.Refuse("one text is written", "n");
        fields.Choice("truncation", "disabled");
        fields.Object("text")?.Object("format")?.Choice("type", "text");
        fields.PassOver("parallel_tool_calls", "reasoning");
    }

    private static async Task Stream(Call call, TextRequest request, ResponseJson response, SentDocuments? documents)
    {
        var events = call.Events;
        IReadOnlyList<WrittenText> texts = [];
        var number = 0;
        var written = "";
        await foreach (var happening in call.Happenings(request, done => texts = done))
        {
            if (happening is null) await events.Ping();
            if (happening?.Text is not { } piece) continue;
            if (number == 0) await Begin();
            written += piece;
            await Send("response.output_text.delta", writer => WriteDelta(writer, piece));
        }
        var whole = texts[0];
        if (number == 0) await Begin();
        var tokens = LogProbabilities.Of(whole);
        if (tokens is { Count: > 0 })
            foreach (var piece in LogProbabilities.Pieces(whole, tokens))
                await Send("response.output_text.delta", writer => WriteDelta(writer, piece.Text, piece.Tokens));
        else if (written.Length == 0 && whole.Text.Length > 0)
            await Send("response.output_text.delta", writer => WriteDelta(writer, whole.Text));
        var citations = FileCitation.Of(whole, documents);
        foreach (var (i, citation) in citations.Index())
            await Send("response.output_text.annotation.added", writer =>
            {
                response.WritePlace(writer);
                writer.WriteNumber("annotation_index", i);
                writer.WritePropertyName("annotation");
                citation.Write(writer);
            });
        await Send("response.output_text.done", writer =>
        {
            response.WritePlace(writer);
            writer.WriteString("text", whole.Text);
            LogProbabilities.WriteTokens(writer, "logprobs", tokens);
        });
        await Send("response.content_part.done", writer =>
        {
            response.WritePlace(writer);
            writer.WritePropertyName("part");
            ResponseJson.WritePart(writer, whole.Text, citations, tokens);
        });
        await Send("response.output_item.done", writer =>
        {
            writer.WriteNumber("output_index", 0);
            writer.WritePropertyName("item");
            response.WriteItem(writer, whole);
        });
        await Send(whole.End == TextEnd.Limit ? "response.incomplete" : "response.completed", writer =>
        {
            writer.WritePropertyName("response");
            response.Write(writer, whole);
        });

        async Task Begin()
        {
            foreach (var name in (string[])["response.created", "response.in_progress"])
                await Send(name, writer =>
                {
                    writer.WritePropertyName("response");
                    response.Write(writer, null);
                });
            await Send("response.output_item.added", writer =>
            {
                writer.WriteNumber("output_index", 0);
                writer.WritePropertyName("item");
                response.WriteItem(writer, null);
            });
            await Send("response.content_part.added", writer =>
            {
                response.WritePlace(writer);
                writer.WritePropertyName("part");
                ResponseJson.WritePart(writer, "", [], null);
            });
        }

        void WriteDelta(Utf8JsonWriter writer, string piece, IReadOnlyList<TokenScore>? tokens = null)
        {
            response.WritePlace(writer);
            writer.WriteString("delta", piece);
            LogProbabilities.WriteTokens(writer, "logprobs", tokens);
        }

        Task Send(string name, Action<Utf8JsonWriter> write) => events.Send(name, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", name);
            writer.WriteNumber("sequence_number", number++);
            write(writer);
            writer.WriteEndObject();
        });
    }
}
