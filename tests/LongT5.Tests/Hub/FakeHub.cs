using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LongT5.Tests.Hub;

/// <summary>
/// A hub on loopback that answers as the real one does: it lists on 127.0.0.1, and gives large files on localhost by
/// links that are signed and expire.
/// </summary>
sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Repository = "org/tiny";

    private readonly WebApplication _app;
    /// <summary>By repository and path.</summary>
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _large = [];
    private string _repository = Repository;

    private FakeHub(WebApplication app) => _app = app;

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    /// <summary>Answers in the place of the hub; true where it has.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    /// <summary>Writes a large file's bytes: where it may break off, be slow, or lie.</summary>
    public Func<HttpContext, ReadOnlyMemory<byte>, Task> Send { get; set; }
        = (context, bytes) => context.Response.Body.WriteAsync(bytes).AsTask();

    /// <summary>Whether ranges are honoured.</summary>
    public bool HasRanges { get; set; } = true;

    /// <summary>How many files are listed on a page.</summary>
    public int Page { get; set; } = 1000;

    /// <summary>How often a signed link still holds; then it has expired.</summary>
    public int Uses { get; set; } = int.MaxValue;

    public Uri Endpoint { get; private set; } = null!;

    public string Commitment { get; set; } = Commit;

    public static async Task<FakeHub> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.AddServerHeader = false;
        });
        builder.Logging.ClearProviders();
        var hub = new FakeHub(builder.Build());
        hub._app.Run(hub.AnswerAsync);
        await hub._app.StartAsync();
        var address = hub._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        hub.Endpoint = new(address);
        return hub;
    }

    /// <summary>What is added from here on is of another repository.</summary>
    public FakeHub In(string repository)
    {
        _repository = repository;
        return this;
    }

    /// <summary>Adds a small file, which the hub gives itself and names by git's hash.</summary>
    public FakeHub Add(string path, byte[] content)
    {
        _files[$"{_repository}/{path}"] = content;
        return this;
    }

    /// <summary>Adds a large file, which another host gives and which is named by its SHA-256.</summary>
    public FakeHub AddLarge(string path, byte[] content)
    {
        _large.Add($"{_repository}/{path}");
        return Add(path, content);
    }

    /// <summary>Adds the files of a folder; weights are large.</summary>
    public FakeHub AddFolder(string folder)
    {
        foreach (var file in Directory.GetFiles(folder))
            if (Path.GetExtension(file) is ".safetensors" or ".bin" or ".msgpack")
                AddLarge(Path.GetFileName(file), File.ReadAllBytes(file));
            else
                Add(Path.GetFileName(file), File.ReadAllBytes(file));
        return this;
    }

    public byte[] this[string path] => _files[$"{Repository}/{path}"];

    public string HashOf(string path)
        => _large.Contains($"{Repository}/{path}") ? Sha256(this[path]) : GitHash(this[path]);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string GitHash(byte[] content)
        => Convert.ToHexStringLower(
            SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue(new(request.Host.Host, request.Path.Value!, request.Headers.Range.ToString(),
            request.Headers.Authorization.ToString(), request.Headers.AcceptEncoding.ToString()));
        if (await Instead(context))
            return;
        var path = request.Path.Value!;
        if (path == "/api/models")
            await JsonAsync(context, new[] { new { id = Repository }, new { id = "org/other" } });
        else if (path.Split('/', 7) is ["", "api", "models", var owner, var name, "revision", _] && Has(owner, name))
            await JsonAsync(context, new { id = $"{owner}/{name}", sha = Commitment, gated = false });
        else if (path.Split('/') is ["", "api", "models", var holder, var tree, "tree", var commit]
            && Has(holder, tree) && commit == Commitment)
            await TreeAsync(context, $"{holder}/{tree}/");
        else if (path.Split('/', 6) is ["", var org, var model, "resolve", var revision, var file] && Has(org, model)
            && (revision == Commitment || revision == "main"))
            await ResolveAsync(context, $"{org}/{model}/{file}");
        else if (request.Host.Host == "localhost" && path.StartsWith("/signed/", StringComparison.Ordinal))
            await SignedAsync(context, path["/signed/".Length..]);
        else
            await RefuseAsync(context, 401, "RepoNotFound", "Invalid username or password.");
    }

    /// <summary>An error as the hub tells it.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string? code = null, string? message = null)
    {
        context.Response.StatusCode = status;
        if (code is not null) context.Response.Headers["X-Error-Code"] = code;
        if (message is not null) context.Response.Headers["X-Error-Message"] = message;
        return Task.CompletedTask;
    }

    private static Task JsonAsync<T>(HttpContext context, T value)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value)).AsTask();
    }

    private bool Has(string owner, string name)
        => _files.Keys.Any(path => path.StartsWith($"{owner}/{name}/", StringComparison.Ordinal));

    private async Task TreeAsync(HttpContext context, string root)
    {
        var files = _files.Where(file => file.Key.StartsWith(root, StringComparison.Ordinal)).ToList();
        var from = int.TryParse(context.Request.Query["cursor"], out var cursor) ? cursor : 0;
        if (from + Page < files.Count)
            context.Response.Headers.Link =
                $"<https://huggingface.co{context.Request.Path}?recursive=true&cursor={from + Page}>; rel=\"next\"";
        var entries = files.Skip(from).Take(Page).Select(file => _large.Contains(file.Key)
            ? (object)new
            {
                type = "file",
                oid = GitHash(file.Value),
                size = file.Value.Length,
                path = file.Key[root.Length..],
                lfs = new { oid = Sha256(file.Value), size = file.Value.Length, pointerSize = 134 },
            }
            : new { type = "file", oid = GitHash(file.Value), size = file.Value.Length, path = file.Key[root.Length..] });
        await JsonAsync(context, entries.Prepend(new { type = "directory", oid = Commit, size = 0, path = "onnx" }));
    }

    private async Task ResolveAsync(HttpContext context, string path)
    {
        if (!_files.TryGetValue(path, out var content))
        {
            await RefuseAsync(context, 404, "EntryNotFound", "Entry not found");
            return;
        }
        context.Response.Headers["X-Repo-Commit"] = Commitment;
        if (!_large.Contains(path))
        {
            context.Response.Headers.ETag = $"\"{GitHash(content)}\"";
            await SendAsync(context, content, (_, bytes) => context.Response.Body.WriteAsync(bytes).AsTask());
            return;
        }
        context.Response.Headers["X-Linked-Etag"] = $"\"{Sha256(content)}\"";
        context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = $"http://localhost:{Endpoint.Port}/signed/{path}?X-Amz-Expires=3600";
    }

    private async Task SignedAsync(HttpContext context, string path)
    {
        if (Uses-- <= 0)
        {
            Uses = int.MaxValue;
            context.Response.StatusCode = 403;
            return;
        }
        await SendAsync(context, _files[path], Send);
    }

    private async Task SendAsync(
        HttpContext context, byte[] content, Func<HttpContext, ReadOnlyMemory<byte>, Task> send)
    {
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        var from = HasRanges ? (int)(range?.From ?? 0) : 0;
        if (from >= content.Length && content.Length > 0)
        {
            context.Response.StatusCode = 416;
            return;
        }
        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        context.Response.ContentLength = content.Length - from;
        await send(context, content.AsMemory(from));
    }
}

/// <summary>What a client asked.</summary>
sealed record FakeRequest(string Host, string Path, string Range, string Authorization, string AcceptEncoding);
