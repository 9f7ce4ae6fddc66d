using System.IO.Enumeration;

namespace LongT5.Cli.Input;

/// <summary>What the user named (files, folders, patterns, "-"), as a list of files in a stable order.</summary>
static class InputFiles
{
    /// <summary>What is taken from a folder; a file that is named is taken whatever it is called.</summary>
    public static readonly string[] Extensions =
    [
        ".txt", ".text", ".md", ".markdown", ".pdf", ".docx", ".pptx", ".odt", ".rtf", ".html", ".htm", ".xhtml",
        ".epub", ".tex", ".xml",
        ".nxml", ".eml", ".srt", ".vtt",
    ];

    private static readonly EnumerationOptions Flat = new()
    {
        AttributesToSkip = FileAttributes.Hidden
        | FileAttributes.System
    };

    /// <summary>Every file, once.</summary>
    /// <exception cref="Failure">A name that leads to nothing; nothing was named at all.</exception>
    /// <param name="names">What the user named.</param>
    /// <param name="isOffline">Whether addresses on the web are refused.</param>
    public static IReadOnlyList<InputFile> Expand(IReadOnlyList<string> names, bool isOffline = false)
    {
        if (names.Count == 0)
            return Terminal.HasInput
                ? [StandardInput]
                : throw Failure.Usage("no text was given: name a file or a folder, or - for standard input.");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. names.SelectMany(name => Expand(name, isOffline)).Where(file => seen.Add(Identity(file)))];
    }

    private static InputFile StandardInput { get; } = new("standard input", null, "stdin");

    private static List<InputFile> Expand(string name, bool isOffline)
    {
        if (name == "-")
            return [StandardInput];
        if (name.Length == 0)
            throw Failure.Usage("an empty name was given where a file is expected.");
        if (WebPage.IsAddress(name))
            return [OnWeb(name, isOffline)];
        if (Directory.Exists(name))
            return FromFolder(name);
        if (!File.Exists(name) && name.AsSpan().IndexOfAny('*', '?') >= 0)
            return FromPattern(name);
        // A missing file is that file's failure, and the others go on.
        return [new InputFile(name, name, Path.GetFileName(name))];
    }

    /// <summary>
    /// What tells whether a file is one that was named already: of those found in folders, whatever link leads to it.
    /// </summary>
    private static string Identity(InputFile file) => file switch
    {
        { IsOnWeb: true } => file.Name,
        { Path: null } => "-",
        { IsFound: true, Problem: null } => FileKind.RealPath(file.Path),
        _ => Path.GetFullPath(file.Path),
    };

    /// <summary>A page of the web; its result is called by its address.</summary>
    private static InputFile OnWeb(string name, bool isOffline)
    {
        var address = new Uri(name);
        var called = $"{address.Host}{address.AbsolutePath}".TrimEnd('/');
        return new(name, null, string.Concat(called.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'
            ? c : '-'))[..Math.Min(called.Length, 120)] + ".html")
        {
            IsOnWeb = true,
            Problem = isOffline ? $"{name} is on the web, and offline was asked for." : null,
        };
    }

    private static List<InputFile> FromFolder(string folder)
    {
        var found = FolderWalk.Folders(folder).SelectMany(FolderWalk.Files)
            .Where(file => IsText(file.Path) || file.Problem is not null
                && (Directory.Exists(file.Path) || !Path.HasExtension(file.Path)))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => Found(folder, file.Path, file.Problem))
            .ToList();
        return found.Count > 0
            ? found
            : throw new Failure(
                $"the folder {folder} holds no document ({string.Join(", ", Extensions)}); name the files themselves.");
    }

    /// <summary>Patterns that the shell did not expand: * and ? within a name, ** for any folders.</summary>
    private static List<InputFile> FromPattern(string pattern)
    {
        var parts = pattern.Split('/', '\\');
        var isFixed = parts.TakeWhile(part => part.AsSpan().IndexOfAny('*', '?') < 0).Count();
        var start = string.Join(Path.DirectorySeparatorChar, parts[..isFixed]) switch
        {
            "" => isFixed > 0 ? Path.DirectorySeparatorChar.ToString() : ".",
            var folder => folder,
        };
        var found = Directory.Exists(start) ? Match(start, parts.AsMemory(isFixed)) : [];
        var files = found.OrderBy(file => file.Path, StringComparer.Ordinal).DistinctBy(file => file.Path)
            .Select(file => file with { Path = start == "." ? Path.GetRelativePath(".", file.Path) : file.Path })
            .Select(file => Found(start, file.Path, file.Problem))
            .ToList();
        return files.Count > 0 ? files : throw new Failure($"no file matches {pattern}.");
    }

    private static IEnumerable<FoundFile> Match(string folder, ReadOnlyMemory<string> parts)
    {
        var part = parts.Span[0];
        if (parts.Length == 1)
            return part == "**"
                ? FolderWalk.Folders(folder).SelectMany(FolderWalk.Files)
                : FolderWalk.Files(folder).Where(file => Fits(part, file.Path));
        var rest = parts[1..];
        return part == "**"
            ? FolderWalk.Folders(folder).SelectMany(inner => Match(inner, rest))
            : Directory.EnumerateDirectories(folder, "*", Flat).Where(path => Fits(part, path))
                .SelectMany(inner => Match(inner, rest));
    }

    private static bool IsText(string path)
        => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static InputFile Found(string folder, string path, string? problem)
        => new(path, path, Path.GetRelativePath(folder, path)) { IsFound = true, Problem = problem };

    private static bool Fits(string pattern, string path)
        => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan()),
            OperatingSystem.IsWindows());
}
