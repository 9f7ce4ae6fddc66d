using System.Formats.Tar;
using System.IO.Compression;

namespace LongT5.Data.Files;

/// <summary>
/// One file of a data set: on disk, or inside a zip or tar archive that is read as if it were a folder.
/// </summary>
/// <param name="Name">The path below what the user named, archives included, with '/'.</param>
/// <param name="Where">The path as the user would say it, for messages.</param>
/// <param name="Open">The raw bytes. Inside a tar archive: once, and before the next file is asked for.</param>
sealed record DataFile(string Name, string Where, Func<Stream> Open)
{
    /// <summary>Archives inside archives are followed to this depth: the published sets need two.</summary>
    private const int Deepest = 3;

    /// <summary>Whether <see cref="Open"/> may be called again.</summary>
    public bool CanReopen { get; init; } = true;

    /// <summary>Every file at or below a path, in the order of names; files inside tar archives in theirs.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    public static IEnumerable<DataFile> Under(string path)
    {
        if (File.Exists(path))
        {
            foreach (var file in Follow(new DataFile(Path.GetFileName(path), path, () => File.OpenRead(path)), Deepest))
                yield return file;
            yield break;
        }
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path} does not exist. Name the folder or file that holds the data set.");

        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };
        foreach (var found in Directory.EnumerateFiles(path, "*", options).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(path, found).Replace('\\', '/');
            foreach (var file in Follow(new DataFile(name, found, () => File.OpenRead(found)), Deepest))
                yield return file;
        }
    }

    /// <summary>The text of the file behind its compression.</summary>
    public Stream OpenText() => CompressedFile.Open(Where, Open());

    private static IEnumerable<DataFile> Follow(DataFile file, int depth)
        => depth == 0 ? [file]
            : file.Ends(".zip") ? InZip(file, depth)
            : file.Ends(".tar") || file.Ends(".tar.gz") || file.Ends(".tgz") || file.Ends(".tar.zst")
                || file.Ends(".tar.xz")
                ? InTar(file, depth)
            : [file];

    private static IEnumerable<DataFile> InZip(DataFile file, int depth)
    {
        using var bytes = file.Open();
        using var zip = Guarded(file.Where, () => new ZipArchive(bytes, ZipArchiveMode.Read));
        foreach (var entry in Guarded(file.Where, () => zip.Entries).Where(entry => !entry.FullName.EndsWith('/')))
        {
            var where = $"{file.Where}/{entry.FullName}";
            var inner = new DataFile($"{file.Name}/{entry.FullName}", where, () =>
                new CheckedStream(where, CompressedFile.Guarded(where, Guarded(where, entry.Open)), entry.Length,
                    entry.Crc32))
            {
                CanReopen = file.CanReopen,
            };
            foreach (var found in Follow(inner, depth - 1)) yield return found;
        }
    }

    private static IEnumerable<DataFile> InTar(DataFile file, int depth)
    {
        using var bytes = new TarBytes(CompressedFile.Open(file.Where, file.Open(), file.Ends(".tgz") ? ".gz" : null));
        using var tar = new TarReader(bytes);
        while (Guarded(file.Where, () => tar.GetNextEntry()) is { } entry)
        {
            if (entry.DataStream is not { } data
                || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            var where = $"{file.Where}/{entry.Name}";
            var inner = new DataFile($"{file.Name}/{entry.Name}", where,
                () => CompressedFile.Guarded(where, data))
            { CanReopen = false };
            foreach (var found in Follow(inner, depth - 1)) yield return found;
        }
        if (!bytes.EndsAsItShould()) throw new BadFileException(file.Where, "the archive is cut short; fetch it again");
    }

    /// <summary>
    /// The bytes of a tar archive: it ends with two empty blocks, and one that does not has lost files.
    /// </summary>
    private sealed class TarBytes(Stream inner) : ReadingStream(inner)
    {
        private const int Block = 512;
        private long _read, _zeros;

        public override int Read(Span<byte> buffer)
        {
            var count = Inner.Read(buffer);
            var last = buffer[..count].LastIndexOfAnyExcept((byte)0);
            _read += count;
            _zeros = last < 0 ? _zeros + count : count - 1 - last;
            return count;
        }

        /// <summary>Reads what is left, so that a packed archive is checked to its end too.</summary>
        public bool EndsAsItShould()
        {
            var rest = new byte[2 * Block];
            while (Read(rest) > 0) { }
            return _read % Block == 0 && _zeros >= 2 * Block;
        }
    }

    private bool Ends(string extension) => Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    private static T Guarded<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (OutOfMemoryException or UnauthorizedAccessException or BadFileException))
        {
            throw new BadFileException(where, $"the archive is damaged or cut short: {e.Message}", cause: e);
        }
    }
}
