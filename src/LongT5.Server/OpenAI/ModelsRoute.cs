using System.Text.Json;
using LongT5.Server.Http;

namespace LongT5.Server.OpenAI;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/NAME</c>.</summary>
static class ModelsRoute
{
    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/v1/models", ErrorShape.OpenAI, List) with { Operation = "models" },
        ApiRoute.Get("/v1/models/{**name}", ErrorShape.OpenAI, One) with { Operation = "models" },
    ];

    private static Task List(Call call) => call.Reply(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var served in call.Server.Models.Served)
            Write(writer, served);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static Task One(Call call)
    {
        var served = call.Server.Models.Find(call.Part("name") ?? "");
        return call.Reply(writer => Write(writer, served));
    }

    private static void Write(Utf8JsonWriter writer, ServedModel served)
    {
        writer.WriteStartObject();
        writer.WriteString("id", served.Name);
        writer.WriteString("object", "model");
        writer.WriteNumber("created", 0);
        writer.WriteString("owned_by", "longt5");
        writer.WriteEndObject();
    }
}
