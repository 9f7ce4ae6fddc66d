using System.Runtime.CompilerServices;

namespace LongT5.Tests;

/// <summary>Where the recorded results of the reference lie.</summary>
/// <remarks>
/// LONGT5_GOLDENS names the whole collection (LONGT5_DATA the data sets); then a missing file is a failure. Without
/// them, the small selection in tests/fixtures is used, so that every clone is tested.
/// </remarks>
static class Goldens
{
    public static string Repository { get; } = FindRepository();

    public static bool Whole => Environment.GetEnvironmentVariable("LONGT5_GOLDENS") is { Length: > 0 };

    public static string Root { get; } = Environment.GetEnvironmentVariable("LONGT5_GOLDENS") is { Length: > 0 } named
        ? Directory.Exists(named) ? System.IO.Path.GetFullPath(named)
            : throw new DirectoryNotFoundException($"LONGT5_GOLDENS names {named}, which does not exist.")
        : System.IO.Path.Combine(Repository, "tests", "fixtures", "goldens");

    /// <summary>The data sets, or null in a clone that has none.</summary>
    public static string? Data { get; } = Environment.GetEnvironmentVariable("LONGT5_DATA") is { Length: > 0 } named
        ? Directory.Exists(named) ? System.IO.Path.GetFullPath(named)
            : throw new DirectoryNotFoundException($"LONGT5_DATA names {named}, which does not exist.")
        : null;

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>The names of the folders under one of the collection's folders.</summary>
    public static IEnumerable<string> Folders(string under)
        => Directory.GetDirectories(Path(under)).Select(folder => System.IO.Path.GetFileName(folder)!).Order();

    private static string FindRepository([CallerFilePath] string here = "")
        => System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "..", ".."));
}
