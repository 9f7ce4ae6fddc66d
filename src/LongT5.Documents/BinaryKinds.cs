namespace LongT5.Documents;

/// <summary>First bytes of files that are no documents and that people take for some, and what helps.</summary>
static class BinaryKinds
{
    private static readonly (byte[] Magic, string Kind, string Advice)[] Kinds =
    [
        ([0x1F, 0x8B], "compressed with gzip", "unpack it first: gunzip FILE"),
        ([0xFD, .. "7zXZ"u8], "compressed with xz", "unpack it first: xz -d FILE"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "unpack it first: zstd -d FILE"),
        ([.. "BZh"u8], "compressed with bzip2", "unpack it first: bunzip2 FILE"),
        ([.. "7z"u8, 0xBC, 0xAF], "an archive (7z)", "unpack it first"),
        ([.. "Rar!"u8], "an archive (RAR)", "unpack it first"),
        ([0x89, .. "PNG"u8], "a picture (PNG)", "give a document with text"),
        ([0xFF, 0xD8, 0xFF], "a picture (JPEG)", "give a document with text"),
        ([.. "GIF8"u8], "a picture (GIF)", "give a document with text"),
        ([.. "II*\0"u8], "a picture (TIFF)", "give a document with text"),
        ([.. "MM\0*"u8], "a picture (TIFF)", "give a document with text"),
        ([0x7F, .. "ELF"u8], "a program", "give a document"),
        ([.. "SQLite format"u8], "a database (SQLite)", "give a document"),
        ([.. "ID3"u8], "a sound recording (MP3)", "give a transcript of it"),
        ([.. "OggS"u8], "a sound recording (Ogg)", "give a transcript of it"),
    ];

    /// <summary>What it is and what to do, or null where it may be a document.</summary>
    public static string? Name(ReadOnlySpan<byte> bytes)
    {
        foreach (var (magic, kind, advice) in Kinds)
            if (bytes.StartsWith(magic))
                return $"{kind}, not a document; {advice}";
        return null;
    }
}
