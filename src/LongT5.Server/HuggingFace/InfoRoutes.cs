using System.Reflection;
using LongT5.Server.Http;

namespace LongT5.Server.HuggingFace;

/// <summary><c>GET /info</c> and <c>POST /tokenize</c>, as TGI has them.</summary>
static class InfoRoutes
{
    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/info", ErrorShape.HuggingFace, Info) with { Operation = "info" },
        ApiRoute.Post("/tokenize", ErrorShape.HuggingFace, Tokenize) with { Operation = "tokenize" },
    ];

    private static string Version { get; } =
        typeof(InfoRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private static async Task Info(Call call)
    {
        var options = call.Server.Options;
        var model = await call.Server.Models.Get(null);
        var most = options.MaxInputTokens ?? call.Server.Texts.LongestInput(model);
        await call.Reply(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model_id", model.Name);
            writer.WriteNull("model_sha");
            writer.WriteString("model_pipeline_tag",
                model.Served.TakesInstructions ? "text2text-generation" : "summarization");
            writer.WriteNumber("max_concurrent_requests", options.Scheduling.MaxSequences + options.Scheduling.MaxWaiting);
            writer.WriteNumber("max_best_of", 1);
            writer.WriteNumber("max_stop_sequences", GenerationFields.MostStops);
            writer.WriteNumber("max_input_tokens", most);
            writer.WriteNumber("max_total_tokens", (long)most + options.MaxNewTokens);
            writer.WriteNumber("max_client_batch_size", 16);
            writer.WriteString("router", "longt5");
            writer.WriteString("version", Version);
            writer.WriteEndObject();
        });
    }

    private static async Task Tokenize(Call call)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(fields.Text("model"));
        var text = fields.Text("inputs") ?? throw ApiError.Of("inputs", "there are no inputs.");
        var hasEnd = fields.Flag("add_special_tokens") ?? true;
        fields.PassOver("parameters");
        fields.End();
        var tokens = await Task.Run(() => model.Model.Tokenizer.EncodeWithOffsets(text), call.Stop);
        await call.Reply(writer =>
        {
            writer.WriteStartArray();
            for (var i = 0; i < tokens.Ids.Length - (hasEnd ? 0 : 1); i++)
            {
                var (start, end) = tokens.Offsets[i];
                writer.WriteStartObject();
                writer.WriteNumber("id", tokens.Ids[i]);
                writer.WriteString("text", text.AsSpan(start, end - start));
                writer.WriteNumber("start", start);
                writer.WriteNumber("stop", end);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }
}
