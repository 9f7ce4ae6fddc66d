using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using LongT5.Cli.Flags;
using LongT5.Server;
using LongT5.Server.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 serve</c>: the same over HTTP.</summary>
static class ServeCommand
{
    public static Command Create()
    {
        var flags = new ServeFlags();
        var command = new ExampledCommand("serve",
            "Serve models over HTTP: OpenAI's API, Hugging Face's, and one of its own for documents.",
            "longt5 serve --open",
            "longt5 serve -m book=pszemraj/long-t5-tglobal-base-16384-book-summary -m small=models/small",
            "longt5 serve --host 0.0.0.0 --api-key-file /etc/longt5.keys");
        flags.AddTo(command);
        command.SetAction((parsed, cancellation) => Run(flags.Read(parsed, cancellation), flags.Address(parsed),
            flags.Port(parsed), flags.Settings(parsed), flags.OpensPage(parsed), cancellation));
        return command;
    }

    private static async Task<int> Run(
        ServerOptions options, IPAddress address, int port, string? settings, bool opensPage, CancellationToken stop)
    {
        await using var app = Create(options with { ReadingCommand = OwnProgram.Command }, address, port, settings);
        var lifetime = app.Services.GetRequiredService<ServerLifetime>();
        try
        {
            await app.StartAsync(stop);
            var served = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            foreach (var url in served.Addresses)
                Terminal.Complain($"serving {string.Join(", ", options.Models.Select(model => model.Name))} at {url}"
                    + (options.HasPage ? ": open it in a browser, or send it requests; " : "; ") + "Ctrl-C ends it.");
            if (opensPage) OpenPage(served.Addresses.First());
            await app.WaitForShutdownAsync(stop);
        }
        catch (IOException exception) when (exception.InnerException is not null)
        {
            throw new Failure(settings is null
                ? $"{address}:{port} is taken by another program; choose another --port."
                : $"an address of {settings} is taken by another program, or none of this machine: {exception.Message}",
                ExitCode.Failed, exception);
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidOperationException
            or FileNotFoundException or FormatException)
        {
            throw new Failure($"the endpoints of Kestrel cannot be opened: {exception.Message}", ExitCode.Failed,
                exception);
        }
        catch (OperationCanceledException) when (lifetime.ExecuteTask is { IsFaulted: true })
        {
            // A model could not be opened while the server was starting.
        }
        // What is wrong with a model that cannot be opened is the answer of the command.
        if (lifetime.ExecuteTask is { IsFaulted: true } failed) await failed;
        return ExitCode.Success;
    }

    private static void OpenPage(string url)
    {
        // All addresses of this machine are no address to go to.
        var place = url.Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal)
            .Replace("//[::]:", "//localhost:", StringComparison.Ordinal);
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(place) { UseShellExecute = true });
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            Terminal.Warn($"no browser could be started; open {place} in one.");
        }
    }

    private static WebApplication Create(ServerOptions options, IPAddress address, int port, string? settings)
    {
        try
        {
            return ServerProgram.Create(options, address, port, settings: settings);
        }
        catch (MissingKeyException missing)
        {
            throw Failure.Usage($"{missing.Message} (--api-key-file)");
        }
        catch (FileNotFoundException) when (settings is not null)
        {
            throw new Failure($"{settings} does not exist.");
        }
        catch (InvalidDataException exception)
        {
            throw new Failure($"{settings} is not JSON: {(exception.InnerException ?? exception).Message}",
                ExitCode.Failed, exception);
        }
    }
}
