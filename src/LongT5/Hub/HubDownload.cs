using System.Globalization;
using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>Fetches models from the hub into the cache that Hugging Face's tools share.</summary>
/// <param name="settings">Where the hub and the cache are.</param>
public sealed class HubDownload(HubSettings settings) : IDisposable
{
    private readonly HubClient _client = new(settings);

    /// <summary>
    /// Finds out what a model consists of and what of it is missing; only its configuration is fetched.
    /// </summary>
    /// <param name="name">The model.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HubException">The hub cannot be reached, or does not show the model.</exception>
    /// <exception cref="BadFileException">It is no model that is read here.</exception>
    public async Task<DownloadPlan> PlanAsync(HubName name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (settings.IsOffline)
            throw new HubException($"{name} is not asked of {settings.Endpoint.Host}: offline was asked for.");
        var commit = await _client.CommitAsync(name, cancellation);
        var tree = await _client.TreeAsync(name, commit, cancellation);
        var repository = new CachedRepository(settings.Cache, name.Repository);
        var writer = new SnapshotWriter(repository, settings.UsesLinks);

        var guide = FileSelection.Guide(name, tree);
        await BringAsync(repository, writer, name, commit, guide, (_, _) => { }, cancellation);
        var fields = JsonFile.Parse($"{name}/{guide.Path}", await File.ReadAllBytesAsync(writer.Place(commit, guide),
            cancellation));
        var isAdapter = guide.Path == Adapter.ConfigName;
        var files = FileSelection.Of(name, tree, isAdapter ? null : ConfigJson.Read(fields));
        List<HubFile> missing = [.. files.Where(file => !writer.Has(commit, file))];
        return new(name, commit, repository.Snapshot(commit), files, missing,
            missing.Where(file => !writer.HasContent(file)).Sum(file => file.Size - Begun(repository, file)))
        {
            BaseModel = isAdapter ? AdapterConfig.Read(fields).BaseModel : null,
        };
    }

    /// <summary>Fetches what is missing; a name leads to the folder once all of it is there.</summary>
    /// <param name="plan">What to fetch.</param>
    /// <param name="progress">Hears of every chunk.</param>
    /// <param name="cancellation">Stops it; what has come stays, and the next call goes on from there.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="HubException">The hub fails, or sends other bytes than it lists.</exception>
    /// <exception cref="IOException">The disk is full, or cannot be written.</exception>
    public async Task<string> FetchAsync(
        DownloadPlan plan, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        CheckSpace(plan);
        var repository = new CachedRepository(settings.Cache, plan.Name.Repository);
        var writer = new SnapshotWriter(repository, settings.UsesLinks);
        var total = plan.Missing.Sum(file => file.Size);
        var before = 0L;
        foreach (var file in plan.Missing)
        {
            await BringAsync(repository, writer, plan.Name, plan.Commit, file, (done, wait)
                => progress?.Report(new(file.Path, before + done, total) { Wait = wait }), cancellation);
            before += file.Size;
        }
        if (plan.Files.Any(file => file.Path == FileSelection.Configuration))
            writer.MarkAbsent(plan.Commit, FileSelection.Optional.Except(plan.Files.Select(file => file.Path)));
        writer.Refer(plan.Name.Revision, plan.Commit);
        return plan.Folder;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Fetches one file and puts it into its snapshot; of two processes, the second finds it there.</summary>
    private async Task BringAsync(CachedRepository repository, SnapshotWriter writer, HubName name, string commit,
        HubFile file, Action<long, TimeSpan?> report, CancellationToken cancellation)
    {
        if (writer.Has(commit, file)) return;
        using var held = await FileLock.TakeAsync(repository.Lock(file.Hash), cancellation);
        if (writer.Has(commit, file)) return;
        if (!writer.HasContent(file))
            await new BlobDownload(_client, settings).FetchAsync(name, commit, file, repository.Blob(file.Hash), report,
                cancellation);
        writer.Put(commit, file);
    }

    private static long Begun(CachedRepository repository, HubFile file)
        => new FileInfo(BlobDownload.Incomplete(repository.Blob(file.Hash))) is { Exists: true } begun
            && begun.Length <= file.Size ? begun.Length : 0;

    private void CheckSpace(DownloadPlan plan)
    {
        if (FreeSpace() is { } free && plan.MissingBytes > free)
            throw new HubException(string.Create(CultureInfo.InvariantCulture,
                $"{plan.Name} needs {plan.MissingBytes / 1e9:0.00} GB more and {settings.Cache} has "
                    + $"{free / 1e9:0.00} GB free; make room, or name another place with HF_HUB_CACHE."));
    }

    /// <summary>Bytes that are free where the cache lies; null where the system does not say.</summary>
    private long? FreeSpace()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(settings.Cache)).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return null; // A share of Windows' network is no drive.
        }
    }
}
