using LongT5.Tests.Hub;

namespace LongT5.Tests.Cli;

/// <summary>A disk that is full: one sentence, nothing broken, and what was wanted as soon as there is room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Text = "The art of war is of vital importance to the state. It is a matter of life and death. "
        + "Hence it is a subject of inquiry which can on no account be neglected by anybody who governs.";

    private readonly Scratch _scratch = new();
    private readonly string _disk;
    private readonly bool _isThere;

    public FullDiskTests()
    {
        _disk = Directory.CreateDirectory(_scratch["disk"]).FullName;
        _isThere = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _disk);
    }

    public void Dispose()
    {
        if (_isThere) Run("umount", _disk);
        _scratch.Dispose();
    }

    [Fact]
    public void A_summary_that_finds_no_room_leaves_no_file()
    {
        Assert.SkipUnless(_isThere, "only root may mount a small disk");
        var (text, output) = (_scratch.Write("text.txt", Text), Path.Combine(_disk, "out.txt"));
        Fill();
        var full = Longt5.Start("summarize", text, "-o", output);
        Assert.Equal(1, full.ExitCode);
        AssertOneSentence(Last(full.Errors));
        Assert.Equal(["filler"], Names());
        Empty();
        Assert.Equal(0, Longt5.Start("summarize", text, "-o", output).ExitCode);
        Assert.Equal(["out.txt"], Names());
    }

    [Fact]
    public void Lines_go_on_where_the_disk_became_full()
    {
        Assert.SkipUnless(_isThere, "only root may mount a small disk");
        // More than the rest of a page, which the file has already.
        string[] texts = [.. Enumerable.Range(10, 20).Select(i => _scratch.Write($"in/{i}.txt", $"{Text} So it was {i}."))];
        var output = Path.Combine(_disk, "out.jsonl");
        Assert.Equal(0, Longt5.Start("summarize", texts[0], "-o", output).ExitCode);
        Fill();
        var first = File.ReadAllText(output);
        var full = Longt5.Start(["summarize", .. texts, "-o", output, "--skip-done"]);
        Assert.Equal(1, full.ExitCode);
        Assert.Contains("the disk is full", full.Errors, StringComparison.Ordinal);
        Empty();
        Assert.Equal(0, Longt5.Start(["summarize", .. texts, "-o", output, "--skip-done"]).ExitCode);
        var lines = File.ReadAllLines(output);
        Assert.StartsWith(first.TrimEnd(), lines[0], StringComparison.Ordinal);
        Assert.All(lines, line => System.Text.Json.JsonDocument.Parse(line));
        Assert.Equal(texts.Length, lines.Length);
        Assert.All(lines.Zip(texts), pair => Assert.Contains(Path.GetFileName(pair.Second), pair.First,
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_download_that_fills_the_disk_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(_isThere, "only root may mount a small disk");
        var weights = new byte[600_000];
        new Random(1).NextBytes(weights);
        await using var hub = (await FakeHub.StartAsync()).AddFolder(Goldens.Path("formats", "safetensors"))
            .AddLarge("model.safetensors", weights);
        var send = hub.Send;
        hub.Send = async (context, bytes) =>
        {
            await context.Response.Body.WriteAsync(bytes[..100_000]);
            Fill();
            await context.Response.Body.WriteAsync(bytes[100_000..]);
        };
        var full = Download(hub);
        Assert.Equal(1, full.ExitCode);
        AssertOneSentence(Last(full.Errors));
        Assert.DoesNotContain(Directory.GetFiles(_disk, "model.safetensors", SearchOption.AllDirectories), File.Exists);
        Empty();
        hub.Send = send;
        var again = Download(hub);
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(again.Output.Trim(), "model.safetensors")));
    }

    [Fact]
    public async Task A_download_that_cannot_fit_is_not_begun()
    {
        Assert.SkipUnless(_isThere, "only root may mount a small disk");
        await using var hub = (await FakeHub.StartAsync()).AddFolder(Goldens.Path("formats", "safetensors"))
            .AddLarge("model.safetensors", new byte[2_000_000]);
        var full = Download(hub);
        Assert.Equal(1, full.ExitCode);
        Assert.Contains("free", full.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(hub.Requests, request => request.Path.Contains("/signed/", StringComparison.Ordinal));
    }

    private Run Download(FakeHub hub) => Longt5.Finish(Longt5.Launch("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), "download", FakeHub.Repository], null,
        ("HF_ENDPOINT", hub.Endpoint.AbsoluteUri), ("HF_HUB_CACHE", Path.Combine(_disk, "hub")),
        ("HF_TOKEN", ""), ("HF_HOME", _scratch.Folder), ("HF_HUB_OFFLINE", "")));

    // What is told of the texts themselves stands before it.
    private static string Last(string errors) => errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];

    private static void AssertOneSentence(string errors)
    {
        Assert.Matches(@"^longt5: [^\n]*(the disk is full|No space left)[^\n]*\.\n?$", errors);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private string[] Names() => [.. Directory.GetFileSystemEntries(_disk).Select(Path.GetFileName)!];

    private void Fill()
    {
        // Without a buffer: what finds no room must not be written once more when the file is closed.
        using var filler = new FileStream(Path.Combine(_disk, "filler"), FileMode.Append, FileAccess.Write,
            FileShare.Read, bufferSize: 0);
        try
        {
            while (true) filler.Write(new byte[512]);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }

    private void Empty() => File.Delete(Path.Combine(_disk, "filler"));

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            return Longt5.Finish(Longt5.Launch(program, arguments)).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
