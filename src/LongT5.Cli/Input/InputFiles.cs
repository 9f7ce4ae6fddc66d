using System.IO.Enumeration;

namespace LongT5.Cli.Input;

/// <summary>What the user named (files, folders, patterns, "-"), as a list of files in a stable order.</summary>
static class InputFiles
{
    /// <summary>What is taken from a folder; a file that is named is taken whatever it is called.</summary>
    private static readonly string[] Extensions =
    [
        ".txt", ".text", ".md", ".markdown", ".pdf", ".docx", ".pptx", ".odt", ".rtf", ".html", ".htm", ".xhtml", ".epub", ".tex", ".xml",
        ".nxml", ".eml", ".srt", ".vtt",
    ];

    private static readonly EnumerationOptions Recursive = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 64,
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
    };

    private static readonly EnumerationOptions Flat = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };

    /// <summary>Every file, once.</summary>
    /// <exception cref="Failure">A name that leads to nothing; nothing was named at all.</exception>
    public static IReadOnlyList<InputFile> Expand(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return Console.IsInputRedirected
                ? [StandardInput]
                : throw Failure.Usage("no text was given: name a file or a folder, or - for standard input.");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. names.SelectMany(Expand).Where(file => seen.Add(file.Path is null ? "-" : Path.GetFullPath(file.Path)))];
    }

    private static InputFile StandardInput { get; } = new("standard input", null, "stdin");

    private static IEnumerable<InputFile> Expand(string name)
    {
        if (name == "-")
            return [StandardInput];
        if (name.Length == 0)
            throw Failure.Usage("an empty name was given where a file is expected.");
        if (Directory.Exists(name))
            return FromFolder(name);
        if (!File.Exists(name) && name.AsSpan().IndexOfAny('*', '?') >= 0)
            return FromPattern(name);
        // A missing file is that file's failure, and the others go on.
        return [new InputFile(name, name, Path.GetFileName(name))];
    }

    private static List<InputFile> FromFolder(string folder)
    {
        var found = Directory.EnumerateFiles(folder, "*", Recursive)
            .Where(path => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(path => new InputFile(path, path, Path.GetRelativePath(folder, path)))
            .ToList();
        return found.Count > 0
            ? found
            : throw new Failure($"the folder {folder} holds no document ({string.Join(", ", Extensions)}); name the files themselves.");
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
        var files = found.Order(StringComparer.Ordinal).Distinct()
            .Select(path => start == "." ? Path.GetRelativePath(".", path) : path)
            .Select(path => new InputFile(path, path, Path.GetRelativePath(start, path)))
            .ToList();
        return files.Count > 0 ? files : throw new Failure($"no file matches {pattern}.");
    }

    private static IEnumerable<string> Match(string folder, ReadOnlyMemory<string> parts)
    {
        var part = parts.Span[0];
        if (parts.Length == 1)
            return Directory.EnumerateFiles(folder, "*", part == "**" ? Recursive : Flat)
                .Where(path => part == "**" || Fits(part, path));
        var rest = parts[1..];
        return part == "**"
            ? Directory.EnumerateDirectories(folder, "*", Recursive).Prepend(folder).SelectMany(inner => Match(inner, rest))
            : Directory.EnumerateDirectories(folder, "*", Flat).Where(path => Fits(part, path)).SelectMany(inner => Match(inner, rest));
    }

    private static bool Fits(string pattern, string path)
        => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan()), OperatingSystem.IsWindows());
}
