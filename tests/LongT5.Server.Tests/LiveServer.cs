using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using LongT5.Tests;
using LongT5.Tests.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LongT5.Server.Tests;

/// <summary>A server on this machine, as people run it, with a tiny model or the embedded one.</summary>
sealed class LiveServer : IAsyncDisposable
{
    /// <summary>The name of a tiny model that writes letters.</summary>
    public const string Tiny = "tiny";

    /// <summary>A text with enough words to be summarised.</summary>
    public const string Document = """
        The art of war is of vital importance to the State. It is a matter of life and death, a road either to safety or
        to ruin. Hence it is a subject of inquiry which can on no account be neglected. The art of war, then, is
        governed by five constant factors, to be taken into account in one's deliberations.
        """;

    private LiveServer(WebApplication app)
    {
        App = app;
        var served = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Url = new(served.Addresses.First());
        Client = new() { BaseAddress = Url };
    }

    /// <summary>The program.</summary>
    public WebApplication App { get; }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>A client without a key.</summary>
    public HttpClient Client { get; }

    /// <summary>Options for the tiny model, which follows instructions as <c>told</c>.</summary>
    public static ServerOptions Options { get; } = new()
    {
        Models = [new(Tiny, TinyModel.Folder), new("told", TinyModel.Folder) { TakesInstructions = true }],
        Scheduling = new() { MaxMemory = 1 << 30 },
        ReadingCommand = ["dotnet", Path.Combine(Goldens.Repository, "artifacts", "bin", "LongT5.Cli",
            new DirectoryInfo(AppContext.BaseDirectory).Name, "LongT5.Cli.dll")],
    };

    /// <summary>Starts one.</summary>
    public static async Task<LiveServer> Start(ServerOptions? options = null)
    {
        var app = ServerProgram.Create(options ?? Options, IPAddress.Loopback, 0, ["--Logging:LogLevel:Default=None"]);
        await app.StartAsync();
        return new(app);
    }

    /// <summary>Sends JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, string json)
    {
        using var answer = await Client.PostAsync(path, Json(json));
        return (answer.StatusCode, await Read(answer));
    }

    /// <summary>A body of JSON.</summary>
    public static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>The JSON of an answer.</summary>
    public static async Task<JsonElement> Read(HttpResponseMessage answer)
        => JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    /// <summary>
    /// The text of <c>/metrics</c>, as soon as a part stands in it: a request is counted when it is over for the
    /// server, which may be a moment after its client has read the answer, or gone. After half a minute, as it is then.
    /// </summary>
    public async Task<string> Figures(string part)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(5))
        {
            var figures = await Client.GetStringAsync("/metrics");
            if (figures.Contains(part, StringComparison.Ordinal) || clock.Elapsed.TotalSeconds > 30) return figures;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
