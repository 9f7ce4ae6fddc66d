using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>A commit of a repository that lies in the cache.</summary>
/// <param name="Repository"><c>org/name</c>.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Folder">Its snapshot.</param>
public sealed record CachedModel(string Repository, string Commit, string Folder)
{
    /// <summary>The branches and tags that were this commit when they were fetched.</summary>
    public required IReadOnlyList<string> Revisions { get; init; }

    /// <summary>Bytes of its files.</summary>
    public required long Size { get; init; }

    /// <summary>When one of its files was last read, as far as the file system keeps that.</summary>
    public required DateTimeOffset LastUsed { get; init; }

    /// <summary>Whether it is an adapter and no whole model.</summary>
    public required bool IsAdapter { get; init; }

    /// <summary>Whether all is there that the model needs.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The name that a repository's folder is made of.</summary>
    internal static string NameOf(string repository)
        => Path.GetFileName(repository)[CachedRepository.FolderPrefix.Length..]
            .Replace("--", "/", StringComparison.Ordinal);

    /// <summary>The commits of one repository, if it is of T5's families or an adapter.</summary>
    internal static IEnumerable<CachedModel> In(string repository)
    {
        var (name, snapshots) = (NameOf(repository), Path.Combine(repository, "snapshots"));
        if (!Directory.Exists(snapshots)) yield break;
        var cached = new CachedRepository(Path.GetDirectoryName(repository)!, name);
        var references = References(Path.Combine(repository, "refs"));
        foreach (var folder in Directory.EnumerateDirectories(snapshots).Order(StringComparer.Ordinal))
        {
            var isAdapter = File.Exists(Path.Combine(folder, Adapter.ConfigName));
            if (!isAdapter && !IsT5(Path.Combine(folder, "config.json"))) continue;
            var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file)
                .Where(file => file.Exists).ToList();
            var commit = Path.GetFileName(folder);
            yield return new(name, commit, folder)
            {
                Revisions = [.. references.Where(reference => reference.Commit == commit)
                    .Select(reference => reference.Revision)],
                Size = files.Sum(file => file.Length),
                LastUsed = files.Max(file => file.LastAccessTimeUtc),
                IsAdapter = isAdapter,
                IsComplete = Completeness.Of(cached, commit),
            };
        }
    }

    private static List<(string Revision, string Commit)> References(string refs)
        => !Directory.Exists(refs) ? [] : [.. Directory.EnumerateFiles(refs, "*", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length <= 256)
            .Select(file => (Path.GetRelativePath(refs, file).Replace('\\', '/'), File.ReadAllText(file).Trim()))
            .Order()];

    private static bool IsT5(string config)
        => StrayFolder.IsThere(config) && File.ReadAllText(config) is var text
            && ModelFamily.All.Any(family => text.Contains($"\"{family.Type}\"", StringComparison.Ordinal));
}
