using System.Net.Http.Headers;
using System.Security.Authentication;
using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Hub;

/// <summary>What is asked of the hub: which commit a revision is, what it holds, and the bytes of a file.</summary>
/// <param name="settings">Where it is, and who asks.</param>
sealed class HubClient(HubSettings settings) : IDisposable
{
    private const int LargestAnswer = 32 << 20, MostPages = 1000, MostNames = 1000;

    private readonly WebConnection _web = new(settings.Endpoint, settings.Patience);
    private bool _wasReached;

    /// <summary>The commit that a revision is now.</summary>
    /// <exception cref="HubException">There is no such repository or revision, or it may not be seen.</exception>
    public async Task<string> CommitAsync(HubName name, CancellationToken cancellation)
    {
        var address = Api($"models/{name.Repository}/revision/{Uri.EscapeDataString(name.Revision)}");
        var (info, _) = await JsonAsync(name, address, cancellation);
        return info["sha"].Text() is var commit && HubName.IsCommit(commit)
            ? commit : throw info["sha"].Expected("a commit of 40 hexadecimal digits");
    }

    /// <summary>All files of a commit, with their sizes and hashes.</summary>
    /// <exception cref="HubException">It cannot be seen.</exception>
    /// <exception cref="BadFileException">The answer is no list of files inside a repository.</exception>
    public async Task<IReadOnlyList<HubFile>> TreeAsync(HubName name, string commit, CancellationToken cancellation)
    {
        var files = new List<HubFile>();
        var address = Api($"models/{name.Repository}/tree/{commit}?recursive=true");
        for (var page = 0; address is not null; page++)
        {
            if (page == MostPages)
                throw new HubException($"{name.Repository} lists its files on more than {MostPages} pages.");
            var (list, next) = await JsonAsync(name, address, cancellation);
            files.AddRange(HubFile.Read(list));
            // A mirror may hand on the hub's own links; the way to the next page is asked of the mirror.
            address = next is null ? null : new Uri(settings.Endpoint, next.PathAndQuery);
        }
        return files;
    }

    /// <summary>The bytes of a file from a place on: an answer 200 with all, 206 with the rest, or 416.</summary>
    /// <exception cref="HubTrouble">The connection broke, or the server is busy.</exception>
    /// <exception cref="HubException">It may not be had.</exception>
    public async Task<HttpResponseMessage> OpenAsync(
        HubName name, string commit, string path, long from, CancellationToken cancellation)
    {
        var file = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var response = await AskAsync(new($"{Root}/{name.Repository}/resolve/{commit}/{file}"), headers =>
        {
            if (from > 0) headers.Range = new(from, null);
        }, cancellation);
        return (int)response.StatusCode is 200 or 206 or 416 ? response
            : throw await RefusalAsync(response, name, cancellation);
    }

    public void Dispose() => _web.Dispose();

    private string Root => settings.Endpoint.AbsoluteUri.TrimEnd('/');

    private Uri Api(string path) => new($"{Root}/api/{path}");

    private Task<(JsonField Value, Uri? Next)> JsonAsync(HubName name, Uri address, CancellationToken cancellation)
        => new Retries(settings.FirstWait).RunAsync(async () =>
        {
            using var response = await AskAsync(address, _ => { }, cancellation);
            if (!response.IsSuccessStatusCode)
                throw await RefusalAsync(response, name, cancellation);
            var bytes = await ReadAsync(response, address, cancellation);
            return (JsonFile.ParseAny(Said(address), bytes), LinkHeader.Next(response.Headers, address));
        }, () => 0, cancellation);

    /// <summary>Asks, and tells what a network does from what a server says.</summary>
    private async Task<HttpResponseMessage> AskAsync(
        Uri address, Action<HttpRequestHeaders> headers, CancellationToken cancellation)
    {
        try
        {
            var response = await SilenceOf(address).WaitAsync(limit => _web.GetAsync(address, own =>
            {
                // Compressed, ranges would count other bytes than those of the file.
                own.AcceptEncoding.Add(new("identity"));
                headers(own);
            }, settings.Token, limit), cancellation);
            _wasReached = true;
            return response;
        }
        catch (HubTrouble silent) when (!_wasReached)
        {
            throw Unreachable(address, silent, "no answer");
        }
        catch (HttpRequestException exception)
        {
            throw exception.InnerException switch
            {
                HubException refused => refused,
                AuthenticationException distrust => new HubException($"{address.Host} does not prove who it is "
                    + $"({distrust.Message.TrimEnd('.')}); check the clock and the certificates of this machine.",
                    distrust),
                _ when _wasReached => SilenceOf(address).Broken(exception),
                _ => Unreachable(address, exception, exception.Message.TrimEnd('.')),
            };
        }
    }

    private static HubException Unreachable(Uri address, Exception cause, string why)
        => new($"{address.Host} cannot be reached ({why}). Check the network or the proxy (HTTPS_PROXY), or name a "
            + "mirror with HF_ENDPOINT.", cause);

    private Silence SilenceOf(Uri address) => new(settings.Patience, address.Host);

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, Uri address, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 16];
        while (await SilenceOf(address).ReadAsync(body, buffer, cancellation) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > LargestAnswer)
                throw new BadFileException(Said(address), $"the answer has more than {LargestAnswer} bytes.");
        }
        return bytes.ToArray();
    }

    private async Task<Exception> RefusalAsync(
        HttpResponseMessage response, HubName name, CancellationToken cancellation)
    {
        using (response)
        {
            var isMissing = (int)response.StatusCode is 401 or 404
                && (!response.Headers.TryGetValues("X-Error-Code", out var codes) || codes.Contains("RepoNotFound"));
            return Refusal.Of(response, name, settings, isMissing ? await NearAsync(name, cancellation) : null);
        }
    }

    /// <summary>A name nearly like one that is not there: of a model that is known, or of the same owner.</summary>
    private async Task<string?> NearAsync(HubName name, CancellationToken cancellation)
    {
        if (NearestName.Of(name.Repository, KnownModel.All.Select(model => model.Name)) is { } known)
            return known;
        try
        {
            var address = Api($"models?author={name.Repository.Split('/')[0]}&limit={MostNames}");
            using var response = await AskAsync(address, _ => { }, cancellation);
            return !response.IsSuccessStatusCode ? null : NearestName.Of(name.Repository,
                JsonFile.ParseAny(Said(address), await ReadAsync(response, address, cancellation)).Items(0, MostNames)
                    .Select(model => model["id"].Text()).Where(id => HubName.Parse(id) is not null));
        }
        catch (Exception exception) when (exception is HubException or HubTrouble or BadFileException)
        {
            return null; // It is no more than a hint.
        }
    }

    private static string Said(Uri address) => address.GetLeftPart(UriPartial.Path);
}
