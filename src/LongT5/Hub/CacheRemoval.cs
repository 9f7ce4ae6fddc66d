namespace LongT5.Hub;

/// <summary>Deletes what was fetched: a repository whole, or a commit and the contents that no other has.</summary>
static class CacheRemoval
{
    /// <returns>Bytes that are free again.</returns>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static long Remove(string cache, HubName name)
    {
        var repository = new CachedRepository(cache, name.Repository);
        if (!Directory.Exists(repository.Folder) || name.Revision != HubName.Main
            && repository.Find(name.Revision) is null)
            throw new FileNotFoundException($"{name} is not in {cache}.", name.ToString());
        var before = Size(repository.Folder);
        if (name.Revision == HubName.Main)
            Delete(repository.Folder, repository.Locks);
        else
            RemoveCommit(repository, Path.GetFileName(repository.Find(name.Revision)!));
        return before - (Directory.Exists(repository.Folder) ? Size(repository.Folder) : 0);
    }

    private static void RemoveCommit(CachedRepository repository, string commit)
    {
        Delete(repository.Snapshot(commit), Path.GetDirectoryName(repository.Absence(commit, "any"))!);
        foreach (var reference in Files(Path.Combine(repository.Folder, "refs"))
            .Where(file => File.ReadAllText(file.FullName).Trim() == commit).ToList())
            reference.Delete();
        var linked = Files(Path.Combine(repository.Folder, "snapshots"))
            .Select(file => Path.GetFileName(file.LinkTarget)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var blob in Files(Path.GetDirectoryName(repository.Blob("any"))!)
            .Where(blob => blob.Extension.Length == 0 && !linked.Contains(blob.Name)).ToList())
            blob.Delete();
    }

    private static void Delete(params string[] folders)
    {
        foreach (var folder in folders.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    private static long Size(string folder) => Files(folder).Where(file => file.LinkTarget is null)
        .Sum(file => file.Length);

    private static IEnumerable<FileInfo> Files(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories) : [];
}
