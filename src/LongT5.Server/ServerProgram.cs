using System.Net;
using LongT5.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LongT5.Server;

/// <summary>A program that serves LongT5 and does nothing else: what <c>longt5 serve</c> runs.</summary>
public static class ServerProgram
{
    /// <summary>The port where none is said.</summary>
    public const int Port = 5155;

    private const int MostHeaders = 50, MostHeaderBytes = 16 << 10, MostConnections = 1000;

    /// <summary>The address where none is said: this machine alone.</summary>
    public static IPAddress Address { get; } = IPAddress.Loopback;

    /// <summary>Makes the program.</summary>
    /// <param name="options">What it serves.</param>
    /// <param name="address">Where it listens; null for <see cref="Address"/>.</param>
    /// <param name="port">Where it listens; 0 for any free port.</param>
    /// <param name="arguments">What ASP.NET is told in its own words: <c>--Kestrel:Endpoints:...</c>, for TLS.</param>
    /// <param name="settings">A file of JSON with more of them. Where these, <paramref name="arguments"/> or the
    /// environment name endpoints of Kestrel, it listens at those alone.</param>
    /// <exception cref="MissingKeyException">Other machines could reach it, and it asks for no key.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not JSON.</exception>
    public static WebApplication Create(
        ServerOptions options, IPAddress? address = null, int port = Port, string[]? arguments = null,
        string? settings = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        address ??= Address;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = arguments ?? [] });
        if (settings is not null) builder.Configuration.AddJsonFile(Path.GetFullPath(settings));
        List<string> endpoints = [.. builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"]).OfType<string>()];
        var isOpen = endpoints.Count == 0 ? !IPAddress.IsLoopback(address) : !endpoints.TrueForAll(IsOfThisMachine);
        if (isOpen && options.ApiKeys.Count == 0)
            throw new MissingKeyException(
                $"at {(endpoints.Count == 0 ? address : string.Join(", ", endpoints))} other machines can reach this "
                + "server, and it asks for no key: give it API keys, or listen at 127.0.0.1.");
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeaderCount = MostHeaders;
            kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            if (endpoints.Count == 0) kestrel.Listen(address, port);
        });
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Why it cannot start is told by who starts it, in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // Requests that still run when their time is over are told so by the last event of their streams; then the
        // host may close what is open.
        builder.Services.Configure<HostOptions>(
            host => host.ShutdownTimeout = options.DrainTime + TimeSpan.FromSeconds(5));
        builder.Services.AddSystemd(); // tells it when the server is ready and when it ends; nothing elsewhere
        builder.Services.AddLongT5(options);
        var app = builder.Build();
        app.MapLongT5();
        var gate = app.Services.GetRequiredService<Gate>();
        // An address that there is says which methods it has.
        foreach (var there in LongT5ServerExtensions.Routes.GroupBy(route => route.Pattern))
            if (there.Key != "/" || options.HasPage)
                app.Map(there.Key, gate.Guard(Otherwise([.. there])));
        app.MapFallback(gate.Guard(Nowhere));
        return app;
    }

    private static bool IsOfThisMachine(string url)
        => BindingAddress.Parse(url).Host is var host && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static ApiRoute Otherwise(ApiRoute[] routes)
    {
        var methods = string.Join(", ", routes.SelectMany(route => route.Methods));
        return routes[0] with
        {
            Body = BodyKind.Json,
            Run = _ => throw new ApiError(StatusCodes.Status405MethodNotAllowed,
                $"this address has another method: {methods}.")
            { Allow = methods },
        };
    }

    private static ApiRoute Nowhere { get; } = new("*", "/{**path}", ErrorShape.Problem, BodyKind.Json,
        call => throw new ApiError(StatusCodes.Status404NotFound,
            "there is nothing here; GET /openapi/v1.json lists what there is."))
    {
        Operation = "nowhere",
    };
}
