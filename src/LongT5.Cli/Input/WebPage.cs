using System.Globalization;
using System.Net;
using System.Text;
using LongT5.Documents.Web;
using LongT5.Hub;

namespace LongT5.Cli.Input;

/// <summary>Fetches the one page that an address names, as a browser gets it; nothing that it names.</summary>
static class WebPage
{
    /// <summary>The largest page that is fetched, in bytes, unpacked.</summary>
    public const int Largest = 50_000_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), TimeInAll = TimeSpan.FromMinutes(2);

    private static readonly string[] NoDocuments = ["image", "audio", "video", "font", "model"];

    /// <summary>Whether a name is an address on the web.</summary>
    public static bool IsAddress(string name)
        => (name.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            && Uri.TryCreate(name, UriKind.Absolute, out _);

    /// <summary>What lies there.</summary>
    /// <param name="name">The address.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Failure">It is not there, no document, too large, or does not come in time.</exception>
    public static async Task<byte[]> FetchAsync(string name, CancellationToken cancellation)
    {
        var address = new Uri(name);
        using var web = new WebConnection(address, Patience, DecompressionMethods.All);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeInAll);
        var silence = new Silence(Patience, address.Host);
        try
        {
            using var response = await silence.WaitAsync(token => web.GetAsync(address,
                headers => headers.Accept.ParseAdd("text/html,application/xhtml+xml,application/pdf,*/*;q=0.8"),
                null, token), limit.Token);
            Check(name, response);
            var bytes = await ReadAsync(name, response, silence, limit.Token);
            return response.Content.Headers.ContentType is { CharSet: { } charset, MediaType: { } type } && IsText(type)
                ? InUnicode(bytes, charset.Trim('"')) : bytes;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new Failure($"{name} has not come whole within {TimeInAll.TotalMinutes:0} minutes.");
        }
        catch (HubTrouble trouble)
        {
            throw new Failure($"{name} cannot be read: {trouble.Message}", ExitCode.Failed, trouble);
        }
        catch (HttpRequestException exception)
        {
            throw new Failure($"{name} cannot be read: {exception.InnerException?.Message ?? exception.Message}",
                ExitCode.Failed, exception);
        }
    }

    private static void Check(string name, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
            throw new Failure($"{name} cannot be read: {response.RequestMessage!.RequestUri!.Host} answers "
                + $"{(int)response.StatusCode} {response.ReasonPhrase}.");
        if (response.Content.Headers.ContentType?.MediaType is { } type && NoDocuments.Contains(type.Split('/')[0]))
            throw new Failure($"{name} is no document but {type}.");
        if (response.Content.Headers.ContentLength > Largest)
            throw TooLarge(name);
    }

    private static async Task<byte[]> ReadAsync(
        string name, HttpResponseMessage response, Silence silence, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 16];
        while (await silence.ReadAsync(body, buffer, cancellation) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > Largest)
                throw TooLarge(name);
        }
        return bytes.ToArray();
    }

    private static Failure TooLarge(string name) => new(string.Create(CultureInfo.InvariantCulture,
        $"{name} has more than {Largest / 1e6:0} MB; save it, and name the file."));

    private static bool IsText(string type)
        => type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// What a server says of the letters stands above what the page says: such text becomes UTF-8 with a mark of it.
    /// </summary>
    private static byte[] InUnicode(byte[] bytes, string charset)
        => bytes is [0xEF, 0xBB, 0xBF, ..] or [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
            || HtmlEncoding.ByLabel(charset) is not { } encoding
            ? bytes : [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(encoding.GetString(bytes))];
}
