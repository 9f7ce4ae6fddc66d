using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.HuggingFace;

/// <summary>
/// <c>POST /generate</c> and <c>/generate_stream</c> as TGI has them: what the first model writes on a prompt.
/// </summary>
static class GenerateRoutes
{
    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Post("/generate", ErrorShape.HuggingFace, Generate) with { Operation = "generate" },
        ApiRoute.Post("/generate_stream", ErrorShape.HuggingFace, Stream) with { Operation = "generate" },
    ];

    private static async Task Generate(Call call)
    {
        var (request, parameters) = await Read(call);
        var texts = await call.Server.Texts.Run(request, call.Stop);
        await call.Reply(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("generated_text", texts[0].Text);
            writer.WritePropertyName("details");
            if (parameters.GivesDetails) WriteDetails(writer, request, texts[0], isWhole: true);
            else writer.WriteNullValue();
            writer.WriteEndObject();
        });
    }

    private static async Task Stream(Call call)
    {
        var (request, _) = await Read(call);
        var events = call.Events;
        IReadOnlyList<WrittenText> texts = [];
        string? held = null;
        var index = 0;
        await foreach (var happening in call.Happenings(request, done => texts = done))
        {
            if (happening is null) await events.Ping();
            if (happening?.Text is not { } piece) continue;
            if (held is not null) await Send(held, null);
            held = piece;
        }
        // The last piece brings the whole.
        await Send(held ?? texts[0].Text, texts[0]);

        Task Send(string piece, WrittenText? whole) => events.Send(null, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", ++index);
            writer.WriteStartObject("token");
            // A piece is one word or more, and not one token.
            writer.WriteNull("id");
            writer.WriteString("text", piece);
            writer.WriteNull("logprob");
            writer.WriteBoolean("special", false);
            writer.WriteEndObject();
            writer.WriteString("generated_text", whole?.Text);
            writer.WritePropertyName("details");
            if (whole is not null) WriteDetails(writer, request, whole, isWhole: false);
            else writer.WriteNullValue();
            writer.WriteEndObject();
        });
    }

    private static async Task<(TextRequest, Parameters)> Read(Call call)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(null);
        var text = fields.Text("inputs") ?? throw ApiError.Of("inputs", "there are no inputs.");
        var parameters = Parameters.Read(fields.Object("parameters"));
        fields.PassOver("stream");
        fields.End();
        return (parameters.Ask(model, TextKind.Text, text), parameters);
    }

    private static void WriteDetails(Utf8JsonWriter writer, TextRequest request, WrittenText text, bool isWhole)
    {
        writer.WriteStartObject();
        writer.WriteString("finish_reason", text.End switch
        {
            TextEnd.Stop => "stop_sequence",
            TextEnd.Limit => "length",
            _ => "eos_token",
        });
        writer.WriteNumber("generated_tokens", text.Whole.OutputTokens);
        writer.WriteNumber("input_length", text.Whole.InputTokens);
        writer.WritePropertyName("seed");
        if (request.Options.Generation.Seed is { } seed) writer.WriteNumberValue(seed);
        else writer.WriteNullValue();
        if (isWhole)
        {
            writer.WriteStartArray("prefill");
            writer.WriteEndArray();
            writer.WriteStartArray("tokens");
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}
