namespace LongT5.Data.Files;

/// <summary>First bytes of files that are not the text that their names promise, and what helps.</summary>
static class KnownKinds
{
    private static readonly (byte[] Magic, string Kind, string Advice)[] Binary =
    [
        ([.. "PAR1"u8], "Parquet", "name it .parquet"),
        ([.. "ARROW1"u8], "Arrow, as Hugging Face's data sets lie in its cache", "save it as Parquet or JSON Lines"),
        ([0x1F, 0x8B], "packed with gzip", "name it so (.gz)"),
        ([0x28, 0xB5, 0x2F, 0xFD], "packed with Zstandard", "name it so (.zst)"),
        ([0xFD, .. "7zXZ"u8], "packed with xz", "name it so (.xz)"),
        ([.. "PK\u0003\u0004"u8], "a zip archive (XLSX and DOCX are such)", "name it .zip, or save the table as CSV"),
        ([.. "%PDF-"u8], "a PDF", "take its text out first"),
        ([.. "SQLite format"u8], "a database (SQLite)", "export the table as CSV"),
    ];

    private static readonly (string Start, string Kind, string Advice)[] Texts =
    [
        ("version https://git-lfs", "what Git LFS leaves in the place of a file",
            "fetch the file itself: git lfs pull"),
        ("<!doctype html", "a web page", "fetch the file itself"),
        ("<html", "a web page", "fetch the file itself"),
    ];

    /// <summary>Throws where the bytes are a kind of file that people take for a table or a text.</summary>
    public static void Refuse(string where, ReadOnlySpan<byte> bytes, string text)
    {
        foreach (var (magic, kind, advice) in Binary)
            if (bytes.StartsWith(magic)) throw new BadFileException(where, $"it is {kind}; {advice}");
        foreach (var (start, kind, advice) in Texts)
            if (text.TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase))
                throw new BadFileException(where, $"it is {kind}; {advice}");
    }
}
