using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace LongT5.Client;

/// <summary>The names of models, as OpenAI's API lists them.</summary>
sealed record ModelList(IReadOnlyList<ServedModel> Data);

/// <summary>One word on how a server is.</summary>
sealed record HealthStatus(string Status);

/// <summary>What is read and written, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TextResult))]
[JsonSerializable(typeof(TextEvent.Waiting))]
[JsonSerializable(typeof(TextEvent.Progressing))]
[JsonSerializable(typeof(TextEvent.Writing))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(JsonObject))]
sealed partial class ClientJson : JsonSerializerContext
{
    /// <summary>What a JSON text says.</summary>
    /// <exception cref="LongT5Exception">It is none of these.</exception>
    public static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new LongT5Exception(new()
            {
                Detail = "the answer is none of a LongT5 server; is the address right?",
            });
        }
    }
}
