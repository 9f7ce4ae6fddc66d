using LongT5.Formats;

namespace LongT5.Hub;

/// <summary>A file of a repository, as the hub lists it.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Hash">The SHA-256 of a large file, the SHA-1 that git gives a small one; in hexadecimal digits.</param>
public sealed record HubFile(string Path, long Size, string Hash)
{
    private const int MostFiles = 100_000;

    /// <summary>Whether the hash is a SHA-256 of the content alone.</summary>
    internal bool IsSha256 => Hash.Length == 64;

    /// <summary>The files on one page of a tree.</summary>
    /// <param name="page">A list of <c>type, path, size, oid</c> and, of large files, <c>lfs</c>.</param>
    /// <exception cref="BadFileException">It is another list, or a name in it leads out of the repository.</exception>
    internal static IReadOnlyList<HubFile> Read(JsonField page)
        => [.. page.Items(0, MostFiles).Where(entry => entry["type"].Text() == "file").Select(Of)];

    /// <summary>
    /// Whether a name is a relative path that stays where it is put, under the rules of Windows and of Unix alike.
    /// </summary>
    internal static bool StaysInside(string path)
        => path.Length is > 0 and <= 1024 && !path.Contains('\0', StringComparison.Ordinal)
            && path[0] is not ('/' or '\\') && path is not [_, ':', ..]
            && !path.Split('/', '\\').Any(part => part is "" or "." or "..");

    private static HubFile Of(JsonField entry)
    {
        var path = entry["path"].Text();
        if (!StaysInside(path))
            throw entry["path"].Expected("a path inside the repository; nothing was fetched");
        var large = entry["lfs"];
        return large.IsNull
            ? new(path, entry["size"].Extent(), Digits(entry["oid"], 40))
            : new(path, large["size"].Extent(), Digits(large["oid"], 64));
    }

    /// <summary>A hash, which becomes the name of a file.</summary>
    private static string Digits(JsonField field, int count)
        => field.Text() is var text && text.Length == count && text.All(char.IsAsciiHexDigitLower)
            ? text : throw field.Expected($"{count} hexadecimal digits");
}
