using System.Net;
using LongT5.Scheduling;
using LongT5.Server;
using LongT5.Tests.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LongT5.Serving;

/// <summary>A server in this process, whose memory is measured here.</summary>
sealed class LocalServer : IDisposable
{
    /// <summary>A name for the embedded model.</summary>
    public const string Embedded = "embedded";

    private readonly WebApplication _app;

    private LocalServer(WebApplication app)
    {
        _app = app;
        Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.First()).Port;
    }

    /// <summary>Where it listens on this machine.</summary>
    public int Port { get; }

    /// <summary>What its scheduler is doing.</summary>
    public SchedulerStatus Status => _app.Services.GetRequiredService<Scheduler>().Status;

    /// <summary>
    /// A model of 32 numbers a token as <c>tiny</c> and, which follows instructions, as <c>told</c>; and another,
    /// opened when it is asked for.
    /// </summary>
    /// <param name="path">The other model.</param>
    /// <param name="reading">The program that reads documents; null where plain text alone is read.</param>
    public static LocalServer Start(string path, IReadOnlyList<string>? reading = null)
    {
        var options = new ServerOptions
        {
            Models = [new("tiny", TinyModel.Folder), new("told", TinyModel.Folder) { TakesInstructions = true },
                new(Embedded, path) { LoadsAtStart = false }],
            Scheduling = new() { MaxMemory = 1 << 30, KeptBytes = 4 << 20 },
            MaxRequestsOfKey = 1000,
            MaxInputTokens = 2000,
            MaxNewTokens = 64,
            ReadingCommand = reading,
        };
        var app = ServerProgram.Create(options, IPAddress.Loopback, 0, ["--Logging:LogLevel:Default=Error"]);
        app.Start();
        return new(app);
    }

    /// <summary>Waits until nothing is done or waits any more.</summary>
    /// <exception cref="TimeoutException">That is not so after two minutes.</exception>
    public void WaitUntilIdle()
    {
        if (!SpinWait.SpinUntil(() => Status is { Reading: 0, Writing: 0, Waiting: 0 }, TimeSpan.FromMinutes(2)))
            throw new TimeoutException($"the server does not come to rest: {Status}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _app.StopAsync().GetAwaiter().GetResult();
        ((IDisposable)_app).Dispose();
    }
}
