using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.OpenAI;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.HuggingFace;

/// <summary>
/// <c>POST /</c>, <c>/models/NAME</c> and <c>/models/NAME/pipeline/feature-extraction</c> with
/// <c>{inputs, parameters}</c>, as Hugging Face's inference API has them.
/// </summary>
static class InferenceRoutes
{
    private const int MostInputs = 16;

    /// <summary>What may stand behind the name of a model, as clients put it there.</summary>
    private static readonly Dictionary<string, Func<Call, string, Task>> Behind = new()
    {
        ["/pipeline/feature-extraction"] = Extract,
        ["/v1/completions"] = CompletionsRoute.Run,
        ["/v1/chat/completions"] = ChatRoute.Run,
    };

    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Post("/", ErrorShape.HuggingFace, call => Run(call, null)) with { Operation = "inference" },
        ApiRoute.Post("/models/{**name}", ErrorShape.HuggingFace, call => Run(call, call.Part("name"))) with
        {
            Operation = "inference",
        },
    ];

    private static Task Run(Call call, string? name)
    {
        foreach (var (end, run) in Behind)
            if (name?.EndsWith(end, StringComparison.Ordinal) == true)
                return run(call, name[..^end.Length]);
        return Write(call, name);
    }

    /// <summary>Texts to texts: summaries, or what a model that follows instructions writes.</summary>
    private static async Task Write(Call call, string? name)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(name);
        var inputs = fields.Texts("inputs", MostInputs);
        if (inputs.Count == 0) throw ApiError.Of("inputs", "there are no inputs.");
        var parameters = Parameters.Read(fields.Object("parameters"));
        fields.PassOver("options");
        if (fields.Flag("stream") == true) throw ApiError.Of("stream", "POST /generate_stream gives streams.");
        fields.End();
        var texts = await Task.WhenAll(inputs.Select(input => call.Server.Texts.Run(parameters.Ask(model,
            model.Served.TakesInstructions ? TextKind.Text : TextKind.Summary, input), call.Stop)));
        await call.Reply(writer =>
        {
            writer.WriteStartArray();
            foreach (var text in texts.SelectMany(some => some))
            {
                writer.WriteStartObject();
                writer.WriteString(model.Served.TakesInstructions ? "generated_text" : "summary_text", text.Text);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    /// <summary>Texts to vectors of length 1: one for a text, a list of them for a list.</summary>
    private static async Task Extract(Call call, string name)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(name);
        var isOne = fields["inputs"]?.ValueKind == JsonValueKind.String;
        var inputs = fields.Texts("inputs", MostInputs);
        if (inputs.Count == 0) throw ApiError.Of("inputs", "there are no inputs.");
        if (fields.Flag("normalize") == false) throw ApiError.Of("normalize", "vectors have length 1 here.");
        fields.Refuse("texts are read whole, as they are", "prompt_name", "truncate");
        fields.PassOver("truncation_direction", "options", "parameters");
        fields.End();
        var ids = await Task.Run(() => inputs.Select(input => model.Model.Tokenizer.Encode(input)).ToList(), call.Stop);
        var vectors = await call.Server.Embeddings.Run(model, ids, call.Stop);
        await call.Reply(writer =>
        {
            if (!isOne) writer.WriteStartArray();
            foreach (var vector in vectors)
            {
                writer.WriteStartArray();
                foreach (var number in vector.Vector.Span)
                    writer.WriteNumberValue(number);
                writer.WriteEndArray();
            }
            if (!isOne) writer.WriteEndArray();
        });
    }
}
