using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;

namespace LongT5.Server.OpenAI;

/// <summary><c>POST /v1/embeddings</c>: the mean of the encoder's states, of length 1.</summary>
static class EmbeddingsRoute
{
    private const int MostInputs = 256;

    /// <summary>The route.</summary>
    public static ApiRoute Route { get; } = ApiRoute.Post("/v1/embeddings", ErrorShape.OpenAI, Run) with
    {
        Operation = "embeddings",
    };

    private static async Task Run(Call call)
    {
        var fields = await call.ReadJson();
        var model = await call.Server.Models.Get(fields.Text("model"));
        var inBase64 = fields.Choice("encoding_format", "float", "base64") == "base64";
        var width = model.Model.Config.DModel;
        if (fields.Whole("dimensions", 1, int.MaxValue) is { } asked && asked != width)
            throw ApiError.Of("dimensions", $"dimensions is {asked}; the vectors of this model have {width}.");
        fields.PassOver("user");
        var json = fields["input"] ?? throw ApiError.Of("input", "there is no input.");
        fields.End();
        var inputs = await Task.Run(() => Inputs(json, model.Model), call.Stop);
        var vectors = await call.Server.Embeddings.Run(model, inputs, call.Stop);
        var tokens = vectors.Sum(vector => vector.Tokens);
        await call.Reply(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            foreach (var (i, vector) in vectors.Index())
            {
                writer.WriteStartObject();
                writer.WriteString("object", "embedding");
                writer.WriteNumber("index", i);
                writer.WritePropertyName("embedding");
                Write(writer, vector.Vector.Span, inBase64);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteString("model", model.Name);
            writer.WriteStartObject("usage");
            writer.WriteNumber("prompt_tokens", tokens);
            writer.WriteNumber("total_tokens", tokens);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    /// <summary>A text, texts, token ids, or lists of them.</summary>
    private static List<int[]> Inputs(JsonElement json, LongT5Model model)
    {
        if (json.ValueKind == JsonValueKind.String) return [Ids(Fields.Text(json, "input"), "input", model)];
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            throw ApiError.Of("input", "input must be a text, token ids, or a list of them.");
        if (json[0].ValueKind == JsonValueKind.Number) return [Ids(json, "input", model)];
        if (json.GetArrayLength() > MostInputs)
            throw ApiError.Of("input", $"input has {json.GetArrayLength()} entries; at most {MostInputs} are taken.");
        return [.. json.EnumerateArray().Select((one, i) => one.ValueKind == JsonValueKind.String
            ? Ids(Fields.Text(one, $"input[{i}]"), $"input[{i}]", model) : Ids(one, $"input[{i}]", model))];
    }

    private static int[] Ids(string text, string place, LongT5Model model)
        => text.Length > 0 ? model.Tokenizer.Encode(text) : throw ApiError.Of(place, $"{place} is empty.");

    private static int[] Ids(JsonElement json, string place, LongT5Model model)
        => json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0
            ? [.. json.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.Number
                && id.TryGetInt32(out var token) && token >= 0 && token < model.Config.VocabSize ? token
                : throw ApiError.Of(place,
                    $"{place} must be texts, or token ids from 0 to {model.Config.VocabSize - 1}."))]
            : throw ApiError.Of(place, $"{place} must be a text, or token ids.");

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<float> vector, bool inBase64)
    {
        if (inBase64)
        {
            // Little-endian, as every processor that runs this has it.
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes(vector));
            return;
        }
        writer.WriteStartArray();
        foreach (var number in vector)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
