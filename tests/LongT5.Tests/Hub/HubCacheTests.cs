using LongT5.Formats;
using LongT5.Hub;
using LongT5.Tests.Formats;

namespace LongT5.Tests.Hub;

/// <summary>These change the environment, so they run one after the other and put it back.</summary>
[Collection("environment")]
public sealed class HubCacheTests : IDisposable
{
    private static readonly string[] Variables = ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME",
        "HF_ENDPOINT"];

    private readonly Scratch _scratch = new();
    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];

    public HubCacheTests()
    {
        foreach (var name in Variables)
            Environment.SetEnvironmentVariable(name, null);
    }

    public void Dispose()
    {
        for (var i = 0; i < Variables.Length; i++)
            Environment.SetEnvironmentVariable(Variables[i], _before[i]);
        _scratch.Dispose();
    }

    [Fact]
    public void The_folder_is_where_the_nearest_variable_says()
    {
        Assert.EndsWith(Path.Combine(".cache", "huggingface", "hub"), HubCache.Folder, StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", "/x");
        Assert.Equal(Path.Combine("/x", "huggingface", "hub"), HubCache.Folder);
        Environment.SetEnvironmentVariable("HF_HOME", "/h");
        Assert.Equal(Path.Combine("/h", "hub"), HubCache.Folder);
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", "/c");
        Assert.Equal("/c", HubCache.Folder);
    }

    [Fact]
    public void What_is_removed_is_what_was_named()
    {
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", _scratch.Root);
        foreach (var (commit, blob) in new[] { ("0a1b2c", "old"), ("3d4e5f", "new") })
            Snapshot(commit, blob);
        Assert.Throws<FileNotFoundException>(() => HubCache.Remove(new("org/tiny", "777777")));
        Assert.Throws<FileNotFoundException>(() => HubCache.Remove(new("org/other")));

        Assert.Equal("old".Length, HubCache.Remove(new("org/tiny", "0a1b2c")));

        var repository = Path.Combine(_scratch.Root, "models--org--tiny");
        Assert.Equal(["3d4e5f"], Directory.GetDirectories(Path.Combine(repository, "snapshots"))
            .Select(Path.GetFileName));
        Assert.Equal(["blob-new"], Directory.GetFiles(Path.Combine(repository, "blobs")).Select(Path.GetFileName));

        // No branch leads to the other: without a revision all goes, whatever is there.
        Assert.True(HubCache.Remove(new("org/tiny")) >= "new".Length);
        Assert.False(Directory.Exists(repository));
    }

    [Fact]
    public void Another_folder_than_the_usual_one_is_listed_where_it_is_named()
    {
        var named = Path.Combine(_scratch.Root, "named");
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", Path.Combine(_scratch.Root, "usual"));
        Directory.CreateDirectory(Path.Combine(named, "models--org--tiny", "snapshots", "0a1b2c"));
        foreach (var name in new[] { "config.json", "model.safetensors" })
            File.Copy(Goldens.Path("formats", "safetensors", name),
                Path.Combine(named, "models--org--tiny", "snapshots", "0a1b2c", name));
        Assert.Equal(["org/tiny"], HubCache.Models(named).Select(model => model.Repository));
        Assert.Empty(HubCache.Models());
    }

    [Fact]
    public void A_name_opens_the_snapshot_that_main_points_to_through_its_links()
    {
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", _scratch.Root);
        var repository = Path.Combine(_scratch.Root, "models--org--tiny");
        var snapshot = Path.Combine(repository, "snapshots", "0a1b2c");
        foreach (var folder in new[] { snapshot, Path.Combine(repository, "refs"), Path.Combine(repository, "blobs") })
            Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(repository, "refs", "main"), "0a1b2c");
        foreach (var name in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Goldens.Path("formats", "safetensors", name), Path.Combine(repository, "blobs", $"blob-{name}"));
            File.CreateSymbolicLink(Path.Combine(snapshot, name), Path.Combine("..", "..", "blobs", $"blob-{name}"));
        }

        using var checkpoint = ModelLocation.Open("org/tiny");

        Assert.Equal(55, checkpoint.Tensors.Count);
        Assert.Equal(snapshot, checkpoint.Folder);
    }

    [Fact]
    public void A_name_that_was_not_fetched_is_an_error_that_says_what_to_fetch_from_where_to_where()
    {
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", _scratch.Root);
        var message = Assert.Throws<FileNotFoundException>(
            () => ModelLocation.Open("google/long-t5-tglobal-base")).Message;
        foreach (var file in new[] { "config.json", "model.safetensors", "spiece.model" })
        {
            Assert.Contains($"https://huggingface.co/google/long-t5-tglobal-base/resolve/main/{file} -> "
                + Path.Combine("models", "long-t5-tglobal-base", file), message, StringComparison.Ordinal);
        }
        Assert.Contains(Path.Combine(_scratch.Root, "models--google--long-t5-tglobal-base"), message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("a/../b")]
    [InlineData("a/b/c")]
    [InlineData("/etc/no-such-file")]
    [InlineData("a\\b")]
    [InlineData("https://example.org/model")]
    [InlineData("org/a--b")]
    [InlineData("org/")]
    [InlineData("-org/model")]
    public void What_is_neither_a_path_nor_a_name_is_said_to_be_neither(string name)
        => Assert.Contains("no such file or folder, nor",
            Assert.Throws<FileNotFoundException>(() => ModelLocation.Open(name)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("../../../etc")]
    [InlineData("a/b")]
    [InlineData("")]
    public void A_reference_that_leads_elsewhere_is_not_followed(string commit)
    {
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", _scratch.Root);
        Directory.CreateDirectory(Path.Combine(_scratch.Root, "models--org--tiny", "refs"));
        File.WriteAllText(Path.Combine(_scratch.Root, "models--org--tiny", "refs", "main"), commit);
        Assert.Null(HubCache.Find("org/tiny"));
    }

    [Fact]
    public void A_cache_with_a_snapshot_but_no_branch_names_the_snapshot()
    {
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", _scratch.Root);
        var snapshot = Path.Combine(_scratch.Root, "models--org--name", "snapshots", "abc");
        Directory.CreateDirectory(snapshot);
        Assert.Contains(snapshot, Assert.Throws<FileNotFoundException>(() => ModelLocation.Resolve("org/name")).Message,
            StringComparison.Ordinal);
    }

    private void Snapshot(string commit, string content)
    {
        var repository = Path.Combine(_scratch.Root, "models--org--tiny");
        var (snapshot, blobs) = (Path.Combine(repository, "snapshots", commit), Path.Combine(repository, "blobs"));
        Directory.CreateDirectory(snapshot);
        Directory.CreateDirectory(blobs);
        File.WriteAllText(Path.Combine(blobs, $"blob-{content}"), content);
        File.CreateSymbolicLink(Path.Combine(snapshot, "config.json"),
            Path.Combine("..", "..", "blobs", $"blob-{content}"));
    }
}
