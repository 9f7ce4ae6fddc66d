namespace LongT5.Hub;

/// <summary>The folder of one repository in the cache, laid out as Hugging Face's tools lay it out.</summary>
/// <remarks>
/// <c>refs/main</c> names a commit; <c>snapshots/COMMIT/</c> holds its files, mostly links to <c>blobs/HASH</c>; an
/// empty <c>.no_exist/COMMIT/NAME</c> says that the commit has no such file.
/// </remarks>
/// <param name="cache">The folder of the cache.</param>
/// <param name="name"><c>org/name</c>.</param>
sealed class CachedRepository(string cache, string name)
{
    public const string FolderPrefix = "models--";

    private const long LongestReference = 256;

    public string Folder { get; } =
        Path.Combine(cache, FolderPrefix + name.Replace("/", "--", StringComparison.Ordinal));

    public string Blob(string hash) => Path.Combine(Folder, "blobs", hash);

    /// <summary>The file that is locked by who writes a blob.</summary>
    public string Lock(string hash) => Path.Combine(Locks, hash + ".lock");

    public string Locks => Path.Combine(cache, ".locks", Path.GetFileName(Folder));

    public string Reference(string revision) => Path.Combine([Folder, "refs", .. revision.Split('/')]);

    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    /// <summary>The mark that a commit lacks a file.</summary>
    public string Absence(string commit, string file) => Path.Combine(Folder, ".no_exist", commit, file);

    /// <summary>The snapshot of a revision; null where there is none.</summary>
    public string? Find(string revision)
    {
        var commit = CommitOf(revision) ?? revision;
        return commit.Length > 0 && commit.All(char.IsAsciiLetterOrDigit) && Snapshot(commit) is var snapshot
            && Directory.Exists(snapshot) ? snapshot : null;
    }

    /// <summary>What a branch or a tag was when it was fetched.</summary>
    private string? CommitOf(string revision)
        => Reference(revision) is var file && File.Exists(file) && new FileInfo(file).Length <= LongestReference
            ? File.ReadAllText(file).Trim() : null;
}
