namespace LongT5.Cli.Input;

/// <summary>A file that was found, and what is wrong where it cannot be read.</summary>
readonly record struct FoundFile(string Path, string? Problem);

/// <summary>What lies below a folder: each folder once, however links lead.</summary>
static class FolderWalk
{
    private static readonly EnumerationOptions Visible = new()
    {
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };

    /// <summary>The folder and every one below it that is not hidden.</summary>
    public static IEnumerable<string> Folders(string folder)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>([folder]);
        while (left.TryPop(out var place))
        {
            if (!seen.Add(FileKind.RealPath(place)))
                continue;
            yield return place;
            foreach (var inner in Entries(place, out _).Where(Directory.Exists))
                left.Push(inner);
        }
    }

    /// <summary>
    /// The files of one folder that are not hidden; of a folder that cannot be read, itself and the reason.
    /// </summary>
    public static IEnumerable<FoundFile> Files(string folder)
    {
        var entries = Entries(folder, out var problem);
        return problem is not null ? [new(folder, problem)]
            : entries.Where(path => !Directory.Exists(path)).Select(path => new FoundFile(path, Problem(path)));
    }

    private static string[] Entries(string folder, out string? problem)
    {
        problem = null;
        try
        {
            return Directory.GetFileSystemEntries(folder, "*", Visible);
        }
        catch (UnauthorizedAccessException)
        {
            problem = $"the folder {folder} may not be read, and what is in it is left out; check its permissions.";
        }
        catch (IOException exception)
        {
            problem = $"the folder {folder} cannot be read, and what is in it is left out: {exception.Message}";
        }
        return [];
    }

    private static string? Problem(string path)
        => FileKind.IsSpecial(path) ? $"{path} is a pipe or a device and no file; in a folder it is left out."
            : path.Contains('\uFFFD', StringComparison.Ordinal) && !File.Exists(path)
                ? $"{path} has a name that is not UTF-8, so it cannot be opened; rename it, or hand it over by "
                    + $"standard input."
            : null;
}
