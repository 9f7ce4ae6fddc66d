using LongT5.Scheduling;
using LongT5.Server.Http;
using LongT5.Server.HuggingFace;
using LongT5.Server.Native;
using LongT5.Server.OpenAI;
using LongT5.Server.Operations;
using LongT5.Server.Page;
using LongT5.Server.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LongT5.Server;

/// <summary>LongT5 in a program of ASP.NET Core: its services, and its routes.</summary>
/// <example>
/// <code>
/// var builder = WebApplication.CreateSlimBuilder(args);
/// builder.Services.AddLongT5();
/// var app = builder.Build();
/// app.MapLongT5();
/// app.Run();
/// </code>
/// </example>
public static class LongT5ServerExtensions
{
    /// <summary>Every route of the server.</summary>
    internal static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        .. HealthRoutes.Routes, .. ModelsRoute.Routes, ChatRoute.Route, CompletionsRoute.Route, ResponsesRoute.Route,
        EmbeddingsRoute.Route, .. GenerateRoutes.Routes, .. InferenceRoutes.Routes, .. InfoRoutes.Routes,
        .. TextRoutes.Routes, ServedRoute.Route, MetricsRoute.Route, OpenApiRoute.Route, PageRoute.Route,
    ];

    /// <summary>Adds what the routes work with.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="options">What is served, to whom, and how much of it; null for the embedded model to everybody who
    /// reaches the program.</param>
    public static IServiceCollection AddLongT5(this IServiceCollection services, ServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRouting();
        services.TryAddSingleton((options ?? new()).Check());
        services.TryAddSingleton<ModelHost>();
        services.TryAddSingleton(provider => new Scheduler(provider.GetRequiredService<ServerOptions>().Scheduling));
        services.TryAddSingleton<ServerMetrics>();
        services.TryAddSingleton<MetricsText>();
        services.TryAddSingleton<TextLog>();
        services.TryAddSingleton<TextService>();
        services.TryAddSingleton<EmbeddingService>();
        services.TryAddSingleton<Uploads>();
        services.TryAddSingleton<ApiKeys>();
        services.TryAddSingleton<Gate>();
        services.TryAddSingleton<Server>();
        services.TryAddSingleton<ServerLifetime>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerLifetime>());
        return services;
    }

    /// <summary>Maps every route, each behind the gate that asks for keys and keeps the limits.</summary>
    /// <param name="endpoints">The program, or a group of its routes, which may put a path before them.</param>
    /// <returns>The routes, for conventions of the program's own.</returns>
    public static IEndpointConventionBuilder MapLongT5(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var gate = endpoints.ServiceProvider.GetRequiredService<Gate>();
        var group = endpoints.MapGroup("");
        var hasPage = endpoints.ServiceProvider.GetRequiredService<ServerOptions>().HasPage;
        foreach (var route in Routes.Where(route => hasPage || route != PageRoute.Route))
            group.MapMethods(route.Pattern, route.Methods, gate.Guard(route)).WithMetadata(route);
        return group;
    }
}
