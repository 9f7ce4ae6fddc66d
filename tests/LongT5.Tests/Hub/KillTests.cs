using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using LongT5.Tests.Cli;
using Scratch = LongT5.Tests.Formats.Scratch;

namespace LongT5.Tests.Hub;

/// <summary>A process that fetches and is killed, again and again.</summary>
public sealed class KillTests
{
    private const int Size = 6 << 20, Piece = 1 << 16;

    /// <summary>How often; LONGT5_KILLS asks for more.</summary>
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("LONGT5_KILLS"), out var asked)
        ? asked : 8;

    [Fact]
    public async Task Killed_at_any_moment_nothing_that_was_written_is_fetched_twice_and_the_end_is_right()
    {
        var random = new Random(1);
        var content = new byte[Size];
        random.NextBytes(content);
        using var scratch = new Scratch();
        await using var hub = await FakeHub.StartAsync();
        hub.Add("config.json", File.ReadAllBytes(Goldens.Path("formats", "safetensors", "config.json")))
            .AddLarge("model.safetensors", content);
        long sent = 0, twice = 0;
        hub.Send = async (context, bytes) =>
        {
            for (var at = 0; at < bytes.Length; at += Piece)
            {
                await context.Response.Body.WriteAsync(bytes[at..Math.Min(bytes.Length, at + Piece)],
                    context.RequestAborted);
                Interlocked.Add(ref sent, Math.Min(Piece, bytes.Length - at));
                await Task.Delay(5, context.RequestAborted);
            }
        };
        var (cache, killed) = (scratch.Folder(), 0);
        while (killed < Kills)
        {
            var partial = Path.Combine(cache, "models--org--tiny", "blobs",
                hub.HashOf("model.safetensors") + ".incomplete");
            var before = File.Exists(partial) ? new FileInfo(partial).Length : 0;
            hub.Requests.Clear();
            Interlocked.Exchange(ref sent, 0);
            using var process = Start(hub, cache);
            if (!process.WaitForExit(random.Next(100, 1500)))
            {
                process.Kill();
                process.WaitForExit();
                killed++;
                var asked = hub.Requests.LastOrDefault(request => request.Host == "localhost");
                if (asked is null) continue;
                Assert.Equal(before,
                    asked.Range.Length == 0 ? 0 : RangeHeaderValue.Parse(asked.Range).Ranges.Single().From);
                if (File.Exists(partial))
                    twice = Math.Max(twice, Interlocked.Read(ref sent) - (new FileInfo(partial).Length - before));
                continue;
            }
            Assert.Equal(0, process.ExitCode);
            AssertWhole(cache, content);
            cache = scratch.Folder();
        }
        using (var last = Start(hub, cache))
            last.WaitForExit();
        AssertWhole(cache, content);
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture,
            $"{killed} kills; at most {twice} bytes were on their way and had to be sent again."));
    }

    private static Process Start(FakeHub hub, string cache)
    {
        var process = Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), "download",
            "org/tiny"], null, ("HF_ENDPOINT", hub.Endpoint.AbsoluteUri), ("HF_HUB_CACHE", cache),
            ("HF_HUB_OFFLINE", ""));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static void AssertWhole(string cache, byte[] content)
    {
        var snapshot = Path.Combine(cache, "models--org--tiny", "snapshots", FakeHub.Commit);
        Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(snapshot, "model.safetensors"))));
        Assert.Empty(Directory.GetFiles(Path.Combine(cache, "models--org--tiny", "blobs"), "*.incomplete"));
    }
}
