using LongT5.Cli.Input;

namespace LongT5.Cli.Mcp;

/// <summary>The folders whose documents an assistant may read, and nothing beside them.</summary>
/// <remarks>
/// A path is relative to one of them, or begins with its name. Nothing that is hidden is read, and no link is followed
/// that leads out: what is opened is the place that every link leads to, once it is known to lie below a folder.
/// </remarks>
sealed class AllowedFolders
{
    private readonly List<(string Name, string Root)> _folders;

    /// <param name="folders">The folders, of different names.</param>
    /// <exception cref="Failure">One is none, or two have one name.</exception>
    public AllowedFolders(IEnumerable<string> folders)
    {
        _folders = [.. folders.Select(folder =>
        {
            if (!Directory.Exists(folder)) throw Failure.Usage($"{folder} is no folder; name one that is there.");
            var root = FileKind.RealPath(folder);
            return (Path.GetFileName(Path.TrimEndingDirectorySeparator(root)), root);
        })];
        if (_folders.GroupBy(folder => folder.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Failure.Usage($"two folders are called {twice.Key}; name the one that both are in, or one of them.");
    }

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => _folders.Select(folder => folder.Name);

    /// <summary>The one place that a path leads to: a file or a folder.</summary>
    /// <exception cref="Failure">There is none below the folders, or several.</exception>
    public string Find(string path)
    {
        var parts = Parts(path);
        string[] found = [.. _folders.SelectMany(folder => Meant(folder, parts)).Where(Path.Exists).Distinct()];
        return found switch
        {
            [] => throw new Failure($"there is no {path} in {string.Join(", ", Names)}."),
            [var only] => Below(only, path),
            _ => throw new Failure($"there are several of {path}; begin with the name of a folder: "
                + $"{string.Join(", ", Names)}."),
        };
    }

    /// <summary>What is in a folder that an assistant may read, folders with a stroke at the end.</summary>
    public IEnumerable<string> Entries(string folder)
        => Directory.EnumerateFileSystemEntries(folder).Where(entry => !IsHidden(Path.GetFileName(entry))
                && IsBelow(FileKind.RealPath(entry)))
            .Select(entry => Path.GetFileName(entry) + (Directory.Exists(entry) ? "/" : ""))
            .Order(StringComparer.Ordinal);

    private static string[] Parts(string path)
    {
        if (Path.IsPathRooted(path))
            throw new Failure($"{path} is absolute; name the document from the folder on.");
        var parts = path.Split('/', '\\').Where(part => part is not ("" or ".")).ToArray();
        if (parts.Contains(".."))
            throw new Failure($"{path} leads upwards; name the document from the folder on.");
        if (parts.Any(IsHidden))
            throw new Failure($"{path} is hidden, and what is hidden is not read.");
        return parts.Any(part => part.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
            ? throw new Failure("the path has a sign that names of files do not have.") : parts;
    }

    private static IEnumerable<string> Meant((string Name, string Root) folder, string[] parts)
    {
        yield return Path.Combine([folder.Root, .. parts]);
        if (parts is [var first, .. var rest] && first == folder.Name)
            yield return Path.Combine([folder.Root, .. rest]);
    }

    private string Below(string place, string path)
    {
        var real = FileKind.RealPath(place);
        return IsBelow(real) ? real : throw new Failure($"{path} is a link that leads out of the folders.");
    }

    private bool IsBelow(string real) => _folders.Any(folder => real == folder.Root
        || real.StartsWith(Path.TrimEndingDirectorySeparator(folder.Root) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal));

    private static bool IsHidden(string name) => name.StartsWith('.');
}
