using LongT5.Server.Http;

namespace LongT5.Server.Native;

/// <summary><c>GET /api/models</c>: the models, what each is good for, and how much may be sent.</summary>
static class ServedRoute
{
    /// <summary>The route.</summary>
    public static ApiRoute Route { get; } = ApiRoute.Get("/api/models", ErrorShape.Problem, List) with
    {
        Operation = "served",
    };

    private static Task List(Call call) => call.Reply(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("models");
        foreach (var served in call.Server.Models.Served)
        {
            writer.WriteStartObject();
            writer.WriteString("name", served.Name);
            writer.WriteBoolean("answers", served.Answers || served.TakesInstructions);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNumber("max_document_bytes", call.Server.Options.MaxDocumentBytes);
        writer.WriteNumber("max_json_bytes", call.Server.Options.MaxJsonBytes);
        writer.WriteBoolean("reads_documents", call.Server.Options.ReadingCommand is not null);
        writer.WriteEndObject();
    });
}
