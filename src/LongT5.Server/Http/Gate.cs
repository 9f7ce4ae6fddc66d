using System.Diagnostics;
using System.Security.Cryptography;
using LongT5.Server.Serving;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace LongT5.Server.Http;

/// <summary>What every request passes on its way in, and every answer on its way out.</summary>
sealed partial class Gate(Server server, ApiKeys keys, ILogger<Gate> log)
{
    private const int ClientLeft = 499, Beyond = 1 << 20;

    /// <summary>A route behind the gate.</summary>
    public RequestDelegate Guard(ApiRoute route) => context => Pass(context, route);

    private async Task Pass(HttpContext context, ApiRoute route)
    {
        var clock = Stopwatch.StartNew();
        var id = RandomNumberGenerator.GetHexString(24, lowercase: true);
        Dress(context.Response.Headers, id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, server.Lifetime.Over);
        var call = new Call(context, route, server, id, stop.Token);
        var status = ClientLeft;
        try
        {
            using var open = Admit(context, route);
            if (!route.IsOpen)
            {
                server.Lifetime.CheckOpen();
                stop.CancelAfter(server.Options.MaxTime);
            }
            await route.Run(call);
            status = context.Response.StatusCode;
        }
        catch (Exception exception) when (exception is ConnectionResetException
            || exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told, and the rest of what was being sent will not come.
            context.Abort();
        }
        catch (Exception exception)
        {
            var error = ErrorOf(exception, server);
            if (error.Status == StatusCodes.Status500InternalServerError) Failed(log, exception, id, route.Pattern);
            status = route.Shape.Status(error);
            if (!context.Response.HasStarted)
                await call.Fail(error);
            else
                await End(call, error);
        }
        finally
        {
            server.Metrics.Ended(route.Operation, status, clock.Elapsed);
            Done(log, id, route.Method, route.Pattern, status, clock.Elapsed.TotalSeconds);
        }
    }

    private static ApiError ErrorOf(Exception exception, Server server)
        => exception is not OperationCanceledException ? ApiError.Of(exception)
            : server.Lifetime.Over.IsCancellationRequested ? ApiError.Ending
            : new(StatusCodes.Status504GatewayTimeout,
                $"this took longer than the {server.Options.MaxTime.TotalSeconds:0} seconds that a request may take; "
                + "ask for less, or read fewer tokens.", code: "timeout");

    /// <summary>An answer that has begun says in its last event what went wrong.</summary>
    private static async Task End(Call call, ApiError error)
    {
        if (!call.Events.HasBegun)
        {
            call.Context.Abort();
            return;
        }
        var isNamed = call.Route.NamesEvents;
        await call.Events.Send(isNamed ? "error" : null,
            writer => call.Route.Shape.WriteEvent(writer, error, isNamed));
    }

    /// <summary>Lets a request in, or says why not.</summary>
    private ApiKeys.Opened? Admit(HttpContext context, ApiRoute route)
    {
        var request = context.Request;
        if (server.Options.AllowedHosts is { Count: > 0 } hosts
            && !hosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase))
            throw new ApiError(StatusCodes.Status421MisdirectedRequest,
                "this server is not called so; who runs it can tell it more names of its own.");
        if (request.Headers.ContainsKey("Transfer-Encoding") && request.Headers.ContainsKey("Content-Length"))
            throw new ApiError(StatusCodes.Status400BadRequest,
                "Content-Length and Transfer-Encoding contradict each other; send one of them.");
        if (route.IsOpen) return null;
        if (request.Headers.Origin is [{ } origin]
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value))
            throw new ApiError(StatusCodes.Status403Forbidden, "pages of other places may not call this server.");
        var owner = keys.Owner(context);
        if (request.Headers.ContentEncoding.Count > 0)
            throw new ApiError(StatusCodes.Status415UnsupportedMediaType, "the body must not be packed.");
        Bound(context, route.Body switch
        {
            BodyKind.None => 0,
            BodyKind.Documents => server.Options.MaxDocumentBytes,
            _ => server.Options.MaxJsonBytes,
        });
        return route.Body == BodyKind.None ? null : keys.Open(owner);
    }

    private static void Bound(HttpContext context, long most)
    {
        if (context.Request.ContentLength > most)
            throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                $"the body has {context.Request.ContentLength} bytes, and this route takes {most}.");
        // A little beyond, so that who sends too much hears of it instead of finding the line cut.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = most + Beyond;
    }

    private static void Dress(IHeaderDictionary headers, string id)
    {
        headers["X-Request-Id"] = id;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Id} {Method} {Route} {Status} {Seconds:0.000} s")]
    private static partial void Done(ILogger log, string id, string method, string route, int status, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Id} {Route} failed")]
    private static partial void Failed(ILogger log, Exception exception, string id, string route);
}
