using System.Text;
using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>Writes what the cache says of a commit: which content each of its files has, and which it lacks.</summary>
/// <param name="repository">The repository's folder.</param>
/// <param name="usesLinks">Whether a file may be a link to its content.</param>
sealed class SnapshotWriter(CachedRepository repository, bool usesLinks)
{
    /// <summary>Where a file of a commit lies.</summary>
    public string Place(string commit, HubFile file)
        => Path.Combine([repository.Snapshot(commit), .. file.Path.Split('/')]);

    /// <summary>Whether a file of a commit is there whole.</summary>
    public bool Has(string commit, HubFile file)
        => Place(commit, file) is var place && StrayFolder.IsThere(place) && Length(place) == file.Size;

    /// <summary>Whether a content is there whole.</summary>
    public bool HasContent(HubFile file)
        => repository.Blob(file.Hash) is var blob && File.Exists(blob) && new FileInfo(blob).Length == file.Size;

    /// <summary>Puts a file where its commit has it: as a link, or where there are none, itself.</summary>
    public void Put(string commit, HubFile file)
    {
        var (place, blob) = (Place(commit, file), repository.Blob(file.Hash));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.Delete(place);
        if (!usesLinks || !TryLink(place, Path.GetRelativePath(Path.GetDirectoryName(place)!, blob)))
            File.Move(blob, place);
    }

    /// <summary>Says which of some files a commit lacks.</summary>
    public void MarkAbsent(string commit, IEnumerable<string> files)
    {
        foreach (var mark in files.Select(file => repository.Absence(commit, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(mark)!);
            File.Create(mark).Dispose();
        }
    }

    /// <summary>Says which commit a branch or a tag is; until then, the name leads to what was there before.</summary>
    public void Refer(string revision, string commit)
    {
        if (revision == commit) return;
        var reference = repository.Reference(revision);
        Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
        FileReplacement.Write(reference, stream => stream.Write(Encoding.ASCII.GetBytes(commit)));
    }

    private static long Length(string place)
        => ((FileInfo?)new FileInfo(place).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(place)).Length;

    private static bool TryLink(string place, string target)
    {
        try
        {
            File.CreateSymbolicLink(place, target);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // Windows grants links to some users alone, some drives to none.
        }
    }
}
