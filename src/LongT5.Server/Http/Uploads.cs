using LongT5.Documents;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Http;

/// <summary>
/// Documents that come with requests: read in a process that can be ended, never from a path or an address.
/// </summary>
/// <param name="options">Says how the process is started.</param>
sealed class Uploads(ServerOptions options) : IDisposable
{
    private readonly SemaphoreSlim _readers = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Reads a document.</summary>
    /// <param name="name">What the client calls it; its ending tells Markdown from plain text.</param>
    /// <param name="bytes">The document.</param>
    /// <param name="password">What opens it, where it is protected.</param>
    /// <param name="stop">Ends the process.</param>
    /// <exception cref="BadFileException">It cannot be read; the message says why.</exception>
    public async Task<Document> Read(string? name, byte[] bytes, string? password, CancellationToken stop)
    {
        await _readers.WaitAsync(stop);
        try
        {
            var called = Safe(name);
            var reading = new ReadingProcess(options.ReadingCommand ?? []);
            return await Task.Run(() => options.ReadingCommand is null
                ? Plain(called, bytes)
                : reading.Read(called, new MemoryStream(bytes), null, new() { Password = password }, stop), stop);
        }
        finally
        {
            _readers.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _readers.Dispose();

    /// <summary>The document that a data URL holds: <c>data:application/pdf;base64,...</c>.</summary>
    /// <exception cref="ApiError">It is none.</exception>
    public static byte[] FromDataUrl(string url, string place)
    {
        const string Base64 = ";base64,";
        var at = url.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? url.IndexOf(Base64, StringComparison.OrdinalIgnoreCase) : -1;
        return at >= 0 ? FromBase64(url[(at + Base64.Length)..], place)
            : throw ApiError.Of(place, $"{place} must be a data URL in base64: data:application/pdf;base64,...");
    }

    /// <summary>Bytes in base64.</summary>
    /// <exception cref="ApiError">They are not.</exception>
    public static byte[] FromBase64(string text, string place)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw ApiError.Of(place, $"{place} is not base64.");
        }
    }

    private static Document Plain(string name, byte[] bytes)
        => FormatDetection.IsPlainText(new(name, bytes)) ? DocumentReader.Read(new MemoryStream(bytes), name)
            : throw new ApiError(StatusCodes.Status422UnprocessableEntity,
                $"{name}: this server reads plain text and no other documents.");

    /// <summary>
    /// The last part of a name, short and without signs that are no letters: it is shown and never opened.
    /// </summary>
    private static string Safe(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var signs = last.Where(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ' ');
        var kept = string.Concat(signs.TakeLast(100)).Trim();
        return kept.Length > 0 && kept[0] is not '-' ? kept : "document" + kept;
    }
}
