using System.Text;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Tests.Cli;
using LongT5.Tests.Tasks;
using Scratch = LongT5.Tests.Formats.Scratch;

namespace LongT5.Tests.Hub;

/// <summary>What people type, against a hub on loopback.</summary>
public sealed class HubCommandsTests : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private FakeHub _hub = null!;

    public async ValueTask InitializeAsync()
        => _hub = (await FakeHub.StartAsync()).AddFolder(Goldens.Path("formats", "safetensors"));

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _scratch.Dispose();
    }

    private Run Longt5(params string[] arguments) => Cli.Longt5.Finish(Cli.Longt5.Launch("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll"), .. arguments], _scratch.Root,
        ("HF_ENDPOINT", _hub.Endpoint.AbsoluteUri), ("HF_HUB_CACHE", Path.Combine(_scratch.Root, "hub")),
        ("HF_TOKEN", ""), ("HF_HOME", _scratch.Root), ("HF_HUB_OFFLINE", "")));

    private string Snapshot => Path.Combine(_scratch.Root, "hub", "models--org--tiny", "snapshots", FakeHub.Commit);

    [Fact]
    public void A_name_is_fetched_once_and_told_and_then_used_without_asking()
    {
        var first = Longt5("inspect", "org/tiny");
        Assert.Equal(0, first.ExitCode);
        Assert.Contains($"fetching org/tiny at commit {FakeHub.Commit[..7]}: model.safetensors", first.Errors,
            StringComparison.Ordinal);
        _hub.Requests.Clear();

        var second = Longt5("inspect", "org/tiny");

        Assert.Equal((0, ""), (second.ExitCode, second.Errors));
        Assert.Empty(_hub.Requests);
        Assert.Equal(first.Output, second.Output);
    }

    [Fact]
    public void A_revision_is_a_model_of_its_own()
    {
        Assert.Equal(0, Longt5("inspect", $"org/tiny@{FakeHub.Commit}").ExitCode);
        Assert.False(File.Exists(Path.Combine(_scratch.Root, "hub", "models--org--tiny", "refs", "main")));
        _hub.Requests.Clear();
        Assert.Equal(0, Longt5("inspect", $"org/tiny@{FakeHub.Commit}").ExitCode);
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void Offline_is_an_error_that_says_what_to_fetch_and_asks_nobody()
    {
        var run = Longt5("inspect", "org/tiny", "--offline");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/org/tiny/resolve/main/config.json", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public void Download_prints_the_folder_as_its_last_line_and_as_JSON_all_files()
    {
        Assert.Equal(Snapshot, Longt5("download", "org/tiny").Output.TrimEnd());
        var json = JsonDocument.Parse(Longt5("download", "org/tiny", "--json").Output).RootElement;
        Assert.Equal((Snapshot, FakeHub.Commit, 0),
            (json.GetProperty("folder").GetString(), json.GetProperty("commit").GetString(),
                json.GetProperty("fetched_bytes").GetInt32()));
        Assert.Contains(json.GetProperty("files").EnumerateArray(),
            file => file.GetProperty("path").GetString() == "model.safetensors"
                && file.GetProperty("hash").GetString() == _hub.HashOf("model.safetensors"));
    }

    [Fact]
    public void Models_lists_what_is_here_and_removes_it()
    {
        Assert.Equal("", Longt5("models").Output);
        Longt5("download", "org/tiny");
        Assert.Matches(@"^org/tiny  0123456 \(main\)  [\d.]+ [kM]B  used \d{4}-\d\d-\d\d\r?\n$",
            Longt5("models").Output);
        var json = JsonDocument.Parse(Longt5("models", "--json").Output).RootElement;
        Assert.True(json.GetProperty("complete").GetBoolean());
        Assert.Equal(Directory.GetFiles(Goldens.Path("formats", "safetensors")).Sum(file => new FileInfo(file).Length),
            json.GetProperty("bytes").GetInt64());

        Assert.Equal(0, Longt5("models", "--remove", "org/tiny").ExitCode);

        Assert.Equal("", Longt5("models").Output);
        Assert.Equal(1, Longt5("models", "--remove", "org/tiny").ExitCode);
    }

    [Fact]
    public void An_adapter_by_name_comes_with_the_model_that_it_was_trained_on()
    {
        _hub.In("org/base").AddFolder(TinyModel.Folder).In("org/lora").AddLarge("adapter_model.safetensors", Adapter())
            .Add("adapter_config.json", Encoding.UTF8.GetBytes($$"""
            {"peft_type":"LORA","base_model_name_or_path":"org/base","revision":"{{FakeHub.Commit}}","lora_alpha":8}
            """));
        var json = JsonDocument.Parse(Longt5("download", "org/lora", "--json").Output).RootElement;
        Assert.Equal(Snapshot.Replace("org--tiny", "org--base", StringComparison.Ordinal),
            json.GetProperty("base_folder").GetString());
        _hub.Requests.Clear();

        var run = Longt5("generate", "the art of war", "-m", "org/lora", "--max-new-tokens", "8");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(_hub.Requests);
        Assert.Equal(run.Output, Longt5("generate", "the art of war", "-m", $"org/base@{FakeHub.Commit}", "--adapter",
            "org/lora", "--max-new-tokens", "8").Output);
        Assert.Contains("adapter", Longt5("models").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_name_the_commit()
        => Assert.Equal($"org/tiny@{FakeHub.Commit}", LongT5.Hub.HubCache.PinnedName(Snapshot));

    /// <summary>A product of rank 1 beside the first query.</summary>
    private byte[] Adapter()
    {
        const string Before = "base_model.model.encoder.block.0.layer.0.TransientGlobalSelfAttention.q.";
        var path = Path.Combine(_scratch.Root, "adapter.safetensors");
        var vector = Enumerable.Range(0, 32).Select(i => i / 32f).ToArray();
        SafetensorsWriter.Write(path, [OutgoingTensor.Of(Before + "lora_A.weight", [1, 32], vector),
            OutgoingTensor.Of(Before + "lora_B.weight", [32, 1], vector)]);
        return File.ReadAllBytes(path);
    }

    [Fact]
    public void Known_models_are_listed_with_what_their_cards_advise()
    {
        var lines = Longt5("models", "--known").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(LongT5.Hub.KnownModel.All.Count, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("reports", StringComparison.Ordinal)
            && line.Contains("AleBurzio/long-t5-base-govreport", StringComparison.Ordinal));
        Assert.Equal(lines.Length, Longt5("models", "--known", "--json").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("org/no-such-thing")]
    [InlineData("org/tinny")]
    public void A_name_that_is_not_there_is_one_sentence(string name)
    {
        var run = Longt5("summarize", "x.txt", "-m", name);
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"127.0.0.1 shows no {name}", run.Errors, StringComparison.Ordinal);
    }
}
