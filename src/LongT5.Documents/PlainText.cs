using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace LongT5.Documents;

/// <summary>Bytes to text: UTF-8, UTF-16, UTF-32 by their marks, UTF-8 and UTF-16 by their looks, Latin-1 where nothing else fits.</summary>
/// <remarks>Whatever is not text is named for what it is, with what to do about it; nothing is replaced in silence.</remarks>
public static class PlainText
{
    /// <summary>Windows-1252 at 0x80 to 0x9F, which is what files called Latin-1 hold there; '\0' where it has nothing.</summary>
    private const string Windows1252 = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The text of these bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">How to name it in an error.</param>
    /// <param name="note">What the reader should know, as <see cref="Document.Notes"/>: that the encoding was guessed.</param>
    /// <exception cref="BadFileException">It is empty, or no text.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string name, out string? note)
    {
        note = null;
        if (BinaryKinds.Name(bytes) is { } kind)
            throw new BadFileException(name, $"it is {kind}");
        var text = Marked(bytes, name) ?? Unmarked(bytes, name, out note);
        return string.IsNullOrWhiteSpace(text) ? throw new BadFileException(name, "it is empty: there is nothing to read in it") : text;
    }

    private static string? Marked(ReadOnlySpan<byte> bytes, string name) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, .. var rest] => Utf8.IsValid(rest) ? StrictUtf8.GetString(rest) : throw BadUtf8(bytes, name),
        [0xFF, 0xFE, 0, 0, .. var rest] => Wide(new UTF32Encoding(false, false, true), rest, name),
        [0, 0, 0xFE, 0xFF, .. var rest] => Wide(new UTF32Encoding(true, false, true), rest, name),
        [0xFF, 0xFE, .. var rest] => Wide(new UnicodeEncoding(false, false, true), rest, name),
        [0xFE, 0xFF, .. var rest] => Wide(new UnicodeEncoding(true, false, true), rest, name),
        _ => null,
    };

    private static string Unmarked(ReadOnlySpan<byte> bytes, string name, out string? note)
    {
        note = null;
        if (LooksLikeUtf16(bytes, out var bigEndian))
        {
            note = "it has no byte order mark and is read as UTF-16.";
            return Wide(new UnicodeEncoding(bigEndian, false, true), bytes, name);
        }
        if (ControlCharacter(bytes) is >= 0 and var at)
            throw new BadFileException(name, $"it is not text: 0x{bytes[at]:X2} is a control character; give a document", at);
        if (Utf8.IsValid(bytes))
            return StrictUtf8.GetString(bytes);
        if (!LooksLikeLatin1(bytes))
            throw BadUtf8(bytes, name);
        note = "it is not UTF-8 and is read as Latin-1 (Windows-1252).";
        return string.Create(bytes.Length, bytes, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = source[i] is >= 0x80 and < 0xA0 ? Windows1252[source[i] - 0x80] : (char)source[i];
        });
    }

    private static string Wide(Encoding encoding, ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new BadFileException(
                name, $"it is not sound {encoding.WebName.ToUpperInvariant()}; save it as UTF-8", exception.Index, exception);
        }
    }

    private static BadFileException BadUtf8(ReadOnlySpan<byte> bytes, string name)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var used) == OperationStatus.Done)
            at += used;
        at = Math.Min(at, bytes.Length - 1);
        return new BadFileException(name, $"it is not sound UTF-8: 0x{bytes[at]:X2} stands where no such byte may; save it as UTF-8", at);
    }

    /// <summary>Latin text in UTF-16 has a zero in nearly every second place, and in one parity alone.</summary>
    private static bool LooksLikeUtf16(ReadOnlySpan<byte> bytes, out bool bigEndian)
    {
        var sample = bytes[..(Math.Min(bytes.Length, 4096) & ~1)];
        int even = 0, odd = 0;
        for (var i = 0; i < sample.Length; i += 2)
        {
            even += sample[i] == 0 ? 1 : 0;
            odd += sample[i + 1] == 0 ? 1 : 0;
        }
        bigEndian = even > odd;
        return bytes.Length % 2 == 0 && Math.Max(even, odd) > sample.Length / 4 && Math.Min(even, odd) <= sample.Length / 100;
    }

    /// <summary>Where the first control character is that no text holds, or -1.</summary>
    private static int ControlCharacter(ReadOnlySpan<byte> bytes)
        => bytes.IndexOfAny(NotInText);

    private static readonly SearchValues<byte> NotInText = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(b => (byte)b).Where(b => b is not (9 or 10 or 11 or 12 or 13 or 26 or 27))]);

    /// <summary>No UTF-8 sequence of more bytes in it (that would be damaged UTF-8), and no code that Windows-1252 leaves free.</summary>
    private static bool LooksLikeLatin1(ReadOnlySpan<byte> bytes)
    {
        int high = 0, sequences = 0;
        for (var i = 0; i < bytes.Length;)
        {
            if (bytes[i] < 0x80)
            {
                i++;
                continue;
            }
            if (bytes[i] < 0xA0 && Windows1252[bytes[i] - 0x80] == '\0')
                return false;
            var sound = Rune.DecodeFromUtf8(bytes[i..], out _, out var used) == OperationStatus.Done;
            sequences += sound ? 1 : 0;
            high += sound ? 0 : 1;
            i += sound ? used : 1;
        }
        return sequences * 10 <= high && high * 2 < bytes.Length;
    }
}
