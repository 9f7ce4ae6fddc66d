using LongT5.Server.Http;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Operations;

/// <summary><c>GET /health</c>: ready to work; <c>GET /alive</c>: there. Neither asks for a key.</summary>
static class HealthRoutes
{
    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        ApiRoute.Get("/health", ErrorShape.Problem, Health) with { IsOpen = true, Operation = "health" },
        ApiRoute.Get("/alive", ErrorShape.Problem, call => Say(call, 200, "alive")) with
        {
            IsOpen = true,
            Operation = "alive",
        },
    ];

    private static Task Health(Call call)
        => call.Server.Lifetime.IsEnding ? Say(call, StatusCodes.Status503ServiceUnavailable, "ending")
            : call.Server.Models.IsReady ? Say(call, StatusCodes.Status200OK, "ready")
            : Say(call, StatusCodes.Status503ServiceUnavailable, "starting");

    private static Task Say(Call call, int status, string word) => call.Reply(status, "application/json", writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status", word);
        writer.WriteEndObject();
    });
}
