using LongT5.Formats;
using LongT5.Hub;
using LongT5.Tests.Formats;

namespace LongT5.Tests.Hub;

/// <summary>Fetching from a hub that does what hubs and networks do.</summary>
public sealed class HubDownloadTests : IAsyncLifetime
{
    private static readonly HubName Name = new(FakeHub.Repository);

    private readonly Scratch _scratch = new();
    private FakeHub _hub = null!;

    public async ValueTask InitializeAsync()
        => _hub = (await FakeHub.StartAsync()).AddFolder(Goldens.Path("formats", "safetensors"));

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _scratch.Dispose();
    }

    private HubSettings Settings => new()
    {
        Endpoint = _hub.Endpoint,
        Token = "hf_secret",
        Cache = Path.Combine(_scratch.Root, "hub"),
        FirstWait = TimeSpan.FromMilliseconds(1),
    };

    private string Repository => Path.Combine(_scratch.Root, "hub", "models--org--tiny");

    private string Blob(string path) => Path.Combine(Repository, "blobs", _hub.HashOf(path));

    /// <summary>What a process that was ended left of the weights.</summary>
    private void Begin(byte[] bytes)
    {
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Blob("model.safetensors") + ".incomplete", bytes);
    }

    private async Task<string> FetchAsync(HubSettings? settings = null, IProgress<DownloadProgress>? progress = null)
    {
        using var download = new HubDownload(settings ?? Settings);
        return await download.FetchAsync(
            await download.PlanAsync(Name, TestContext.Current.CancellationToken), progress,
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_model_is_fetched_into_the_layout_of_the_cache_and_opens()
    {
        var folder = await FetchAsync();

        Assert.Equal(Path.Combine(Repository, "snapshots", FakeHub.Commit), folder);
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(Repository, "refs", "main")));
        using (var checkpoint = Checkpoint.Open(folder))
            Assert.Equal(55, checkpoint.Tensors.Count);
        Assert.Equal(Path.Combine("..", "..", "blobs", _hub.HashOf("model.safetensors")),
            new FileInfo(Path.Combine(folder, "model.safetensors")).LinkTarget);
        Assert.Equal(_hub["config.json"], File.ReadAllBytes(Blob("config.json")));
        Assert.True(File.Exists(Path.Combine(Repository, ".no_exist", FakeHub.Commit, "added_tokens.json")));
        Assert.Empty(Directory.GetFiles(Path.Combine(Repository, "blobs"), "*.incomplete"));
    }

    [Fact]
    public async Task The_token_is_told_to_the_hub_and_not_to_where_it_leads()
    {
        await FetchAsync();
        Assert.All(_hub.Requests, request => Assert.Equal(request.Host == "127.0.0.1" ? "Bearer hf_secret" : "",
            request.Authorization));
        Assert.Contains(_hub.Requests, request => request.Host == "localhost");
        Assert.All(_hub.Requests, request => Assert.Equal("identity", request.AcceptEncoding));
    }

    [Fact]
    public async Task What_is_here_is_not_fetched_again()
    {
        await FetchAsync();
        _hub.Requests.Clear();
        await FetchAsync();
        Assert.Equal(2, _hub.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks_after_any_number_of_bytes_is_taken_up_where_it_broke(bool hasRanges)
    {
        _hub.HasRanges = hasRanges;
        var whole = _hub["model.safetensors"].Length;
        for (var cut = 1; cut < whole; cut += whole / 23)
        {
            _hub.Requests.Clear();
            var first = true;
            _hub.Send = async (context, bytes) =>
            {
                await context.Response.Body.WriteAsync(first ? bytes[..cut] : bytes);
                first = false;
            };
            var folder = await FetchAsync(Settings with { Cache = Path.Combine(_scratch.Root, $"{cut}") });
            Assert.Equal(_hub["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
            Assert.Equal(["", $"bytes={cut}-"], _hub.Requests.Where(request => request.Host == "localhost")
                .Select(request => request.Range));
        }
    }

    [Fact]
    public async Task What_came_before_the_process_ended_is_not_fetched_again()
    {
        Begin(_hub["model.safetensors"][..1000]);
        using var download = new HubDownload(Settings);
        var plan = await download.PlanAsync(Name, TestContext.Current.CancellationToken);
        Assert.Equal(plan.Bytes - 1000 - _hub["config.json"].Length, plan.MissingBytes);

        await FetchAsync();

        Assert.Equal("bytes=1000-", _hub.Requests.Single(request => request.Host == "localhost").Range);
        Assert.Equal(_hub["model.safetensors"], File.ReadAllBytes(Blob("model.safetensors")));
    }

    [Fact]
    public async Task Wrong_bytes_are_fetched_once_more_and_then_refused_and_never_appear()
    {
        _hub.Send = (context, bytes) => context.Response.Body.WriteAsync(new byte[bytes.Length]).AsTask();
        var exception = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains("came twice with other bytes", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, _hub.Requests.Count(request => request.Host == "localhost"));
        Assert.DoesNotContain(Directory.GetFiles(_scratch.Root, "*", SearchOption.AllDirectories),
            file => Path.GetFileName(file) == "model.safetensors" || file.StartsWith(Blob("model.safetensors"),
                StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(Repository, "refs", "main")));
    }

    [Fact]
    public async Task One_wrong_byte_in_what_was_begun_by_another_is_seen_and_mended()
    {
        var begun = _hub["model.safetensors"][..1000];
        begun[500] ^= 1;
        Begin(begun);
        await FetchAsync();
        Assert.Equal(_hub["model.safetensors"], File.ReadAllBytes(Blob("model.safetensors")));
    }

    [Fact]
    public async Task A_part_that_is_not_the_one_that_was_asked_for_is_the_beginning_of_another_try()
    {
        Begin(_hub["model.safetensors"][..1000]);
        _hub.Instead = async context =>
        {
            if (context.Request.Host.Host != "localhost") return false;
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes 0-*/{_hub["model.safetensors"].Length}";
            await context.Response.Body.WriteAsync(_hub["model.safetensors"]);
            return true;
        };

        await FetchAsync();

        Assert.Equal(_hub["model.safetensors"], File.ReadAllBytes(Blob("model.safetensors")));
        Assert.Single(_hub.Requests, request => request.Host == "localhost");
    }

    [Fact]
    public async Task A_signed_link_that_has_expired_is_asked_for_again()
    {
        var cuts = 0;
        _hub.Send = async (context, bytes) =>
        {
            _hub.Uses = 0;
            await context.Response.Body.WriteAsync(cuts++ == 0 ? bytes[..1000] : bytes);
        };
        var folder = await FetchAsync();
        Assert.Equal(_hub["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(3, _hub.Requests.Count(request => request.Host == "localhost"));
    }

    [Theory]
    [InlineData("Retry-After", "1")]
    [InlineData("RateLimit", "\"api\";r=0;t=0")]
    public async Task A_hub_that_asks_to_wait_is_waited_for(string header, string value)
    {
        var refused = 0;
        _hub.Instead = context =>
        {
            if (context.Request.Host.Host != "localhost" || refused++ > 0)
                return Task.FromResult(false);
            context.Response.Headers[header] = value;
            context.Response.StatusCode = 429;
            return Task.FromResult(true);
        };
        var waits = new Waits();
        await FetchAsync(progress: waits);
        Assert.Equal([TimeSpan.FromSeconds(1)], waits.Asked);
    }

    [Theory]
    [InlineData(401, "GatedRepo", null, "is gated: ask its owner at {0}/org/tiny")]
    [InlineData(403, "GatedRepo", null, "is gated: ask its owner at {0}/org/tiny")]
    [InlineData(401, null, "Invalid credentials in Authorization header", "does not know the token of HF_TOKEN")]
    [InlineData(403, null, "Access to this resource is disabled.", "Access to this resource is disabled.")]
    [InlineData(401, "RepoNotFound", "Invalid username or password.", "it does not exist, is private, or is gated")]
    [InlineData(404, "RevisionNotFound", "Invalid rev id: main", "has no revision main")]
    [InlineData(404, null, null, "there is no org/tiny on 127.0.0.1")]
    [InlineData(429, null, "Too many requests", "has been asked too often (Too many requests)")]
    [InlineData(503, null, null, "answers 503 Service Unavailable. Try again later")]
    [InlineData(418, null, null, "answers 418")]
    public async Task What_the_hub_refuses_is_told_in_one_sentence(
        int status, string? code, string? message, string said)
    {
        _hub.Instead = async context =>
        {
            await FakeHub.RefuseAsync(context, status, code, message);
            return true;
        };
        var exception = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains(said.Replace("{0}", _hub.Endpoint.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal),
            exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.DoesNotContain("hf_secret", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("org/tinny", "org/tiny")]
    [InlineData("google/long-t5-tglobal-bas", "google/long-t5-tglobal-base")]
    public async Task A_name_that_is_not_there_is_answered_with_the_nearest(string wrong, string near)
    {
        using var download = new HubDownload(Settings);
        var exception = await Assert.ThrowsAsync<HubException>(()
            => download.PlanAsync(new(wrong), TestContext.Current.CancellationToken));
        Assert.Contains($"is {near} meant?", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_repository_is_followed_with_the_token()
    {
        _hub.Instead = context =>
        {
            var path = context.Request.Path.Value!;
            if (!path.Contains("org/old", StringComparison.Ordinal))
                return Task.FromResult(false);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = path.Replace("org/old", "org/tiny", StringComparison.Ordinal)
                + context.Request.QueryString;
            return Task.FromResult(true);
        };
        using var download = new HubDownload(Settings);
        var plan = await download.PlanAsync(new("org/old"), TestContext.Current.CancellationToken);
        var folder = await download.FetchAsync(plan, cancellation: TestContext.Current.CancellationToken);
        Assert.EndsWith(Path.Combine("models--org--old", "snapshots", FakeHub.Commit), folder,
            StringComparison.Ordinal);
        Assert.All(_hub.Requests.Where(request => request.Host == "127.0.0.1"),
            request => Assert.Equal("Bearer hf_secret", request.Authorization));
    }

    [Fact]
    public async Task A_tree_of_many_pages_is_read_to_its_end_from_the_mirror_that_was_named()
    {
        _hub.Page = 1;
        using var checkpoint = Checkpoint.Open(await FetchAsync());
        Assert.Equal(55, checkpoint.Tensors.Count);
    }

    [Fact]
    public async Task Two_at_once_fetch_once()
    {
        _hub.Send = async (context, bytes) =>
        {
            await Task.Delay(200);
            await context.Response.Body.WriteAsync(bytes);
        };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => FetchAsync())));
        Assert.Single(_hub.Requests, request => request.Host == "localhost");
    }

    [Fact]
    public async Task Where_there_are_no_links_the_files_themselves_lie_there()
    {
        var settings = Settings with { UsesLinks = false };
        var folder = await FetchAsync(settings);
        Assert.All(Directory.GetFiles(folder), file => Assert.Null(new FileInfo(file).LinkTarget));
        using (var checkpoint = Checkpoint.Open(folder))
            Assert.Equal(55, checkpoint.Tensors.Count);
        _hub.Requests.Clear();
        await FetchAsync(settings);
        Assert.Equal(2, _hub.Requests.Count);
    }

    [Fact]
    public async Task A_new_commit_leaves_the_old_one_in_use_until_it_is_whole()
    {
        await FetchAsync();
        _hub.Commitment = FakeHub.Commit.Replace('0', 'f');
        _hub.Add("generation_config.json", "{}"u8.ToArray());
        _hub.Instead = context => Task.FromResult(context.Request.Path.Value!.EndsWith("generation_config.json",
            StringComparison.Ordinal) && FakeHub.RefuseAsync(context, 418).IsCompleted);
        await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(Repository, "refs", "main")));
        _hub.Instead = _ => Task.FromResult(false);
        _hub.Requests.Clear();
        Assert.EndsWith(_hub.Commitment, await FetchAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Requests, request => request.Host == "localhost");
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("..\\x")]
    [InlineData("a/../../x")]
    [InlineData("C:\\x")]
    [InlineData("C:x")]
    [InlineData("\\\\host\\share\\x")]
    [InlineData("//host/share")]
    [InlineData("a//b")]
    [InlineData("./x")]
    [InlineData("..")]
    public async Task A_name_that_leads_out_of_the_repository_is_refused_before_anything_is_fetched(string name)
    {
        _hub.Add(name, [1]);
        var exception = await Assert.ThrowsAsync<BadFileException>(() => FetchAsync());
        Assert.Contains("expected a path inside the repository", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_scratch.Root, "hub")));
    }

    public static TheoryData<string> Layouts => [.. Goldens.Folders("formats").Where(folder
        => !folder.StartsWith("t5x", StringComparison.Ordinal))];

    /// <summary>Whole and in shards, of every writer, with and without a head.</summary>
    [Theory, MemberData(nameof(Layouts))]
    public async Task Every_layout_opens_with_the_numbers_that_it_has_in_its_folder(string layout)
    {
        var here = Goldens.Path("formats", layout);
        _hub.In("org/other").AddFolder(here).Add("README.md", [1]).Add("modeling.py", [2]).AddLarge("optimizer.pt", [3]);
        using var download = new HubDownload(Settings);
        var plan = await download.PlanAsync(new("org/other"), TestContext.Current.CancellationToken);
        var folder = await download.FetchAsync(plan, cancellation: TestContext.Current.CancellationToken);

        using var expected = Checkpoint.Open(here);
        using var fetched = Checkpoint.Open(folder);
        Assert.Equal((expected.Layout, expected.Head), (fetched.Layout, fetched.Head));
        Assert.Equal(expected.Tensors.Select(tensor => (tensor.Key, tensor.Value.ToArray()[0])),
            fetched.Tensors.Select(tensor => (tensor.Key, tensor.Value.ToArray()[0])));
        Assert.DoesNotContain(Directory.GetFiles(folder), file => Path.GetExtension(file) is ".py" or ".pt" or ".md");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://localhost/x")]
    public async Task A_redirect_to_no_web_is_not_followed(string location)
    {
        _hub.Instead = context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = location;
            return Task.FromResult(true);
        };
        Assert.Contains("it was not followed", (await Assert.ThrowsAsync<HubException>(() => FetchAsync())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offline_asks_nobody()
    {
        using var download = new HubDownload(Settings with { IsOffline = true });
        await Assert.ThrowsAsync<HubException>(() => download.PlanAsync(Name, TestContext.Current.CancellationToken));
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_is_told_of_at_once()
    {
        var settings = Settings with { Endpoint = new("http://127.0.0.1:1") };
        var exception = await Assert.ThrowsAsync<HubException>(() => FetchAsync(settings));
        Assert.Contains("127.0.0.1 cannot be reached", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_given_up()
    {
        _hub.Send = async (context, bytes) =>
        {
            await context.Response.StartAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        // The first answer must come in time on a machine that does much else besides.
        var exception = await Assert.ThrowsAsync<HubException>(()
            => FetchAsync(Settings with { Patience = TimeSpan.FromSeconds(1) }));
        Assert.Contains("has said nothing for 1 seconds", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Waits : IProgress<DownloadProgress>
    {
        public List<TimeSpan> Asked { get; } = [];

        public void Report(DownloadProgress value)
        {
            if (value.Wait is { } wait) Asked.Add(wait);
        }
    }
}
