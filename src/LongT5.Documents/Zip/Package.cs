using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace LongT5.Documents.Zip;

/// <summary>A document that is a zip archive: parts by name, unpacked into memory and nowhere else.</summary>
/// <remarks>A name is only looked up among the archive's own; none is ever a path on a disk.</remarks>
sealed class Package : IDisposable
{
    /// <summary>What all parts that are read may unpack to, in bytes.</summary>
    private const long LargestUnpacked = 256 << 20;

    private const int LargestXml = 64 << 20;

    private readonly Source _source;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private long _unpacked;

    /// <exception cref="BadFileException">It is no sound zip archive.</exception>
    public Package(Source source)
    {
        _source = source;
        try
        {
            _archive = new ZipArchive(new MemoryStream(source.Bytes, writable: false), ZipArchiveMode.Read);
            foreach (var entry in _archive.Entries)
                _entries.TryAdd(entry.FullName.Replace('\\', '/'), entry);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw source.Bad("it is a damaged or cut-off zip archive; fetch it again", exception);
        }
    }

    /// <summary>Whether the archive holds this part.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>A part as text, by its mark or as UTF-8.</summary>
    public string Text(string name)
    {
        using var reader = new StreamReader(new MemoryStream(Bytes(name)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A part as an element; a document type in it is an error, and so is nesting without end.</summary>
    public XElement Xml(string name, bool ignoreDoctype = false)
    {
        var bytes = Bytes(name);
        return bytes.Length <= LargestXml
            ? XmlTree.Load(bytes, $"its part {name}", _source, ignoreDoctype)
            : throw _source.Bad(
                $"its part {name} unpacks to {bytes.Length >> 20} MiB, which is too large for a document");
    }

    /// <summary>A part, unpacked and checked.</summary>
    /// <exception cref="BadFileException">It is missing, damaged, encrypted, or far larger than its file.</exception>
    public byte[] Bytes(string name)
    {
        if (!_entries.TryGetValue(name, out var entry))
            throw _source.Bad($"its part {name} is missing");
        if (entry.IsEncrypted)
            throw _source.Bad(
                "it is encrypted with a password of its archive, which is not opened; unpack and pack it without one");
        try
        {
            using var part = entry.Open();
            var bytes = Unpack(part, name, entry.CompressedLength);
            return System.IO.Hashing.Crc32.HashToUInt32(bytes) == entry.Crc32
                ? bytes
                : throw _source.Bad(
                    $"its part {name} is damaged (the checksum does not fit); fetch the document again");
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw _source.Bad($"its part {name} is damaged and cannot be unpacked; fetch the document again",
                exception);
        }
    }

    /// <summary>A reference of a part as the name of another, or null where it leads out of the archive.</summary>
    /// <param name="part">The name of the part that refers.</param>
    /// <param name="reference">A relative path with percent signs, as in XML and
    /// HTML; what follows # is left away.</param>
    public static string? Resolve(string part, string reference)
    {
        reference = reference.Split('#')[0];
        if (reference.Contains("://", StringComparison.Ordinal)
            || reference.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return null;
        var names = new List<string>(reference.StartsWith('/') ? [] : part.Split('/')[..^1]);
        foreach (var name in Uri.UnescapeDataString(reference).Split('/', '\\'))
            if (name == ".." && names.Count == 0)
                return null;
            else if (name == "..")
                names.RemoveAt(names.Count - 1);
            else if (name is not ("" or "."))
                names.Add(name);
        return string.Join('/', names);
    }

    public void Dispose() => _archive.Dispose();

    private byte[] Unpack(Stream part, string name, long packed)
    {
        // Real text unpacks to a tenth; a part that unpacks to two hundred times its size is a bomb.
        const int Harmless = 16 << 20, LargestRatio = 200;
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (part.Read(buffer) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            _unpacked += count;
            if (_unpacked > LargestUnpacked || bytes.Length > Harmless && bytes.Length > packed * LargestRatio)
                throw _source.Bad($"its part {name} unpacks to far more than the size of the file (a zip bomb, or "
                    + $"too large a document)");
        }
        return bytes.ToArray();
    }

    private static bool IsDamage(Exception exception)
        => exception is InvalidDataException or EndOfStreamException or IOException or NotSupportedException
            or ArgumentException;
}
