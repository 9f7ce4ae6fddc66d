using LongT5.Server.Http;

namespace LongT5.Server.Operations;

/// <summary><c>GET /openapi/v1.json</c>: what there is, for programs.</summary>
static class OpenApiRoute
{
    /// <summary>The route.</summary>
    public static ApiRoute Route { get; } = ApiRoute.Get("/openapi/v1.json", ErrorShape.Problem,
        call => call.Send("application/json", Document)) with
    {
        Operation = "openapi",
    };

    /// <summary>The document, as it lies beside this file.</summary>
    internal static byte[] Document { get; } = Read();

    private static byte[] Read()
    {
        using var stream = typeof(OpenApiRoute).Assembly.GetManifestResourceStream("openapi.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
