using System.Buffers;
using System.Text;
using System.Text.Unicode;
using LongT5.Text;

namespace LongT5.Documents;

/// <summary>
/// Bytes to text: UTF-8, UTF-16, UTF-32 by their marks, UTF-8 and UTF-16 by
/// their looks, Latin-1 where nothing else fits.
/// </summary>
/// <remarks>
/// Whatever is not text is named for what it is, with what to do about it; nothing is replaced in silence.
/// </remarks>
public static class PlainText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly SearchValues<byte> NotInText = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(b => (byte)b)
            .Where(b => b is not (7 or 8 or 9 or 10 or 11 or 12 or 13 or 26 or 27))]);

    /// <summary>The text that a stream holds.</summary>
    /// <exception cref="BadFileException">It is empty, too large, or no text.</exception>
    public static string Read(Stream stream, string name) => Decode(DocumentReader.ReadAll(stream, name), name, out _);

    /// <summary>The text of these bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">How to name it in an error.</param>
    /// <param name="note">What the reader should know, as
    /// <see cref="Document.Notes"/>: that the encoding was guessed.</param>
    /// <exception cref="BadFileException">It is empty, or no text.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name, out string? note)
    {
        note = null;
        if (BinaryKinds.Name(bytes) is { } kind)
            throw new BadFileException(name, $"it is {kind}");
        var text = TextEncoding.Marked(bytes) is var (encoding, mark)
            ? Strict(encoding, bytes[mark..], name)
            : Unmarked(bytes, name, out note);
        return string.IsNullOrWhiteSpace(text)
            ? throw new BadFileException(name, "it is empty: there is nothing to read in it") : text;
    }

    private static string Unmarked(ReadOnlySpan<byte> bytes, string name, out string? note)
    {
        note = null;
        if (bytes.Length % 2 == 0 && TextEncoding.Utf16ByLooks(bytes) is { } wide)
        {
            note = "it has no byte order mark and is read as UTF-16.";
            return Strict(wide, bytes, name);
        }
        if (bytes.IndexOfAny(NotInText) is >= 0 and var at)
            throw new BadFileException(name,
                $"it is not text: 0x{bytes[at]:X2} is a control character; give a document", at);
        if (Utf8.IsValid(bytes))
            return StrictUtf8.GetString(bytes);
        var evidence = new TextEncoding.LatinEvidence();
        evidence.Add(bytes);
        if (!evidence.Complete().IsConvincing)
            throw BadUtf8(bytes, name);
        note = "it is not UTF-8 and is read as Latin-1 (Windows-1252).";
        return string.Create(bytes.Length, bytes, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = TextEncoding.Latin(source[i]);
        });
    }

    private static string Strict(Encoding encoding, ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            if (encoding is UTF8Encoding) throw BadUtf8(bytes, name);
            throw new BadFileException(
                name, $"it is not sound {encoding.WebName.ToUpperInvariant()}; save it as UTF-8",
                exception.Index, exception);
        }
    }

    private static BadFileException BadUtf8(ReadOnlySpan<byte> bytes, string name)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var used) == OperationStatus.Done)
            at += used;
        at = Math.Min(at, bytes.Length - 1);
        return new BadFileException(name,
            $"it is not sound UTF-8: 0x{bytes[at]:X2} stands where no such byte may; save it as UTF-8", at);
    }
}
