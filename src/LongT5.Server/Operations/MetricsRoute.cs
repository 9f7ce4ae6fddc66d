using System.Text;
using LongT5.Server.Http;

namespace LongT5.Server.Operations;

/// <summary><c>GET /metrics</c>: figures for Prometheus.</summary>
static class MetricsRoute
{
    /// <summary>The route.</summary>
    public static ApiRoute Route { get; } = ApiRoute.Get("/metrics", ErrorShape.Problem, Write) with
    {
        Operation = "metrics",
    };

    private static Task Write(Call call)
        => call.Send("text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(call.Server.Figures.Write()));
}
