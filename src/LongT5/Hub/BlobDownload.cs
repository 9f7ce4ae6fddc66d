namespace LongT5.Hub;

/// <summary>Brings the content of a file to where it is named by its hash, once it is whole and right.</summary>
/// <remarks>
/// What has come lies beside, as HASH.incomplete; whatever breaks, the next try goes on behind its last byte, in this
/// process or in another. Who calls holds the lock of the hash.
/// </remarks>
/// <param name="client">The hub.</param>
/// <param name="settings">How long to wait for what.</param>
sealed class BlobDownload(HubClient client, HubSettings settings)
{
    /// <summary>What is written at once, and at most lost when the process ends.</summary>
    private const int Chunk = 1 << 18;

    /// <summary>Where a content lies that has not all come.</summary>
    public static string Incomplete(string blob) => blob + ".incomplete";

    /// <summary>Fetches what is missing, and checks it.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="commit">Its commit.</param>
    /// <param name="file">The file.</param>
    /// <param name="blob">Where it shall lie.</param>
    /// <param name="report">Hears how many bytes have come, and how long the hub asks to wait.</param>
    /// <param name="cancellation">Stops it; what has come stays.</param>
    /// <exception cref="HubException">It cannot be had, or comes with other bytes than the hub lists.</exception>
    public async Task FetchAsync(HubName name, string commit, HubFile file, string blob,
        Action<long, TimeSpan?> report, CancellationToken cancellation)
    {
        var incomplete = Incomplete(blob);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        for (var again = false; ; again = true)
        {
            using (var part = new FileStream(incomplete, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 0))
            {
                var retries = new Retries(settings.FirstWait, wait => report(part.Length, wait));
                await retries.RunAsync(async () =>
                {
                    await AppendAsync(part, name, commit, file, done => report(done, null), cancellation);
                    return true;
                }, () => part.Length, cancellation);
                part.Flush(flushToDisk: true);
            }
            if (FileHash.Fits(incomplete, file, cancellation))
                break;
            File.Delete(incomplete);
            if (again)
                throw new HubException($"{file.Path} of {name} came twice with other bytes than "
                    + $"{settings.Endpoint.Host} lists ({(file.IsSha256 ? "SHA-256" : "git's SHA-1")} {file.Hash}); it "
                    + "was thrown away. A proxy or a mirror changes it: ask another (HF_ENDPOINT).");
        }
        File.Move(incomplete, blob, overwrite: true);
    }

    /// <summary>Asks for what is behind the last byte, and writes it.</summary>
    private async Task AppendAsync(FileStream part, HubName name, string commit, HubFile file, Action<long> report,
        CancellationToken cancellation)
    {
        if (part.Length > file.Size)
            part.SetLength(0);
        if (part.Length == file.Size)
            return;
        using var response = await client.OpenAsync(name, commit, file.Path, part.Length, cancellation);
        var host = response.RequestMessage!.RequestUri!.Host;
        if (!GoesOn(response, part.Length))
            part.SetLength(0);
        if ((int)response.StatusCode == 416)
            throw new HubTrouble($"{host} has less of {file.Path} than its list says; try again later.");
        part.Position = part.Length;
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var (silence, buffer) = (new Silence(settings.Patience, host), new byte[Chunk]);
        while (part.Position < file.Size)
        {
            var room = (int)Math.Min(Chunk, file.Size - part.Position);
            var count = await silence.ReadAsync(body, buffer.AsMemory(0, room), cancellation);
            if (count == 0)
                throw silence.Broken();
            part.Write(buffer, 0, count);
            report(part.Position);
        }
    }

    /// <summary>
    /// Whether an answer goes on where the file ends; one with 200 begins anew, whatever was asked for.
    /// </summary>
    private static bool GoesOn(HttpResponseMessage response, long length)
        => length == 0 || (int)response.StatusCode == 206 && response.Content.Headers.ContentRange?.From == length;
}
