using System.Text;
using System.Text.Unicode;
using LongT5.Text;

namespace LongT5.Data.Files;

/// <summary>The text of a file as UTF-8, whatever it was written in: UTF-8, UTF-16, UTF-32 or Latin-1.</summary>
/// <remarks>
/// Nothing is replaced: bytes that are not sound go on as they are, and whoever reads a row says so. Latin-1 has no
/// mark; it is thought of at the first unsound byte, and then the file is looked through to its end.
/// </remarks>
sealed class Utf8Text : ReadingStream
{
    private const int ChunkLength = 1 << 16;

    private readonly byte[] _chunk = new byte[ChunkLength];
    private readonly Func<bool> _isLatin;
    private byte[] _ready = [];
    private int _taken, _carried;
    private Way _way;
    private bool _hasEnded;

    private Utf8Text(Stream inner, Func<bool> isLatin)
        : base(inner) => _isLatin = isLatin;

    /// <summary>How bytes become UTF-8.</summary>
    private enum Way
    {
        /// <summary>They are, so far, and nothing but ASCII came yet.</summary>
        Ascii,

        /// <summary>They are, so far.</summary>
        Utf8,

        /// <summary>They are not, and stay as they are.</summary>
        Unsound,

        /// <summary>Each is a character.</summary>
        Latin,
    }

    /// <summary>Opens the text of a file, behind its compression, without its mark.</summary>
    /// <param name="file">The file.</param>
    /// <param name="note">Told of an encoding that was guessed.</param>
    /// <param name="head">Its first characters, to see what kind of text it is;
    /// letters with marks may be wrong there.</param>
    /// <exception cref="BadFileException">It is no text.</exception>
    public static Stream Open(DataFile file, Action<string>? note, out string head)
    {
        var bytes = file.OpenText();
        var start = new byte[TextEncoding.HeadLength];
        var length = bytes.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var marked = TextEncoding.Marked(start.AsSpan(0, length));
        var encoding = marked?.Encoding ?? TextEncoding.Utf16ByLooks(start.AsSpan(0, length));
        var mark = marked?.MarkLength ?? 0;
        if (encoding is UnicodeEncoding && mark == 0)
            note?.Invoke($"{file.Where} has no byte order mark and is read as UTF-16.");

        var begin = start.AsSpan(mark, length - mark);
        head = (encoding is null ? Encoding.Latin1 : Encoding.GetEncoding(encoding.CodePage)).GetString(begin);
        KnownKinds.Refuse(file.Where, start.AsSpan(0, length), head);

        var text = new Rejoined(start[mark..length], bytes);
        return encoding is null or UTF8Encoding
            ? new Utf8Text(text, () => IsLatin(file, note))
            : new Transcoded(file.Where, encoding, text);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_taken == _ready.Length && !_hasEnded) Refill();
        var count = Math.Min(buffer.Length, _ready.Length - _taken);
        _ready.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }

    private void Refill()
    {
        var count = Inner.Read(_chunk.AsSpan(_carried));
        _hasEnded = count == 0;
        ReadOnlySpan<byte> bytes = _chunk.AsSpan(0, _carried + count);
        var sound = _hasEnded ? bytes : bytes[..^CutAtEnd(bytes)];
        if (_way is Way.Ascii or Way.Utf8 && !Utf8.IsValid(sound))
            _way = _way == Way.Ascii && _isLatin() ? Way.Latin : Way.Unsound;
        if (_way == Way.Ascii && !Ascii.IsValid(sound)) _way = Way.Utf8;

        _taken = 0;
        if (_way == Way.Latin)
        {
            _ready = Encoding.UTF8.GetBytes(string.Create(bytes.Length, bytes, static (text, source) =>
            {
                for (var i = 0; i < text.Length; i++) text[i] = TextEncoding.Latin(source[i]);
            }));
            _carried = 0;
            return;
        }
        _ready = sound.ToArray();
        _carried = bytes.Length - sound.Length;
        bytes[sound.Length..].CopyTo(_chunk);
    }

    /// <summary>Bytes at the end that begin a sequence and do not end it.</summary>
    private static int CutAtEnd(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var value = bytes[^back];
            if (value < 0x80) return 0;
            if (value >= 0xC0) return back < (value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2) ? back : 0;
        }
        return 0;
    }

    private static bool IsLatin(DataFile file, Action<string>? note)
    {
        if (!file.CanReopen) return false;
        using var again = file.OpenText();
        var evidence = new TextEncoding.LatinEvidence();
        var chunk = new byte[ChunkLength];
        for (int count; (count = again.Read(chunk)) > 0;) evidence.Add(chunk.AsSpan(0, count));
        if (!evidence.Complete().IsConvincing) return false;
        note?.Invoke($"{file.Where} is not UTF-8 and is read as Latin-1 (Windows-1252).");
        return true;
    }

    /// <summary>A stream, and before it what was read of it already.</summary>
    private sealed class Rejoined(byte[] start, Stream rest) : ReadingStream(rest)
    {
        private int _taken;

        public override int Read(Span<byte> buffer)
        {
            if (_taken == start.Length) return Inner.Read(buffer);
            var count = Math.Min(buffer.Length, start.Length - _taken);
            start.AsSpan(_taken, count).CopyTo(buffer);
            _taken += count;
            return count;
        }
    }

    /// <summary>UTF-16 or UTF-32 as UTF-8.</summary>
    private sealed class Transcoded(string where, Encoding encoding, Stream inner)
        : ReadingStream(Encoding.CreateTranscodingStream(inner, encoding, new UTF8Encoding(false)))
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return Inner.Read(buffer);
            }
            catch (DecoderFallbackException e)
            {
                throw new BadFileException(where,
                    $"it is not sound {encoding.WebName.ToUpperInvariant()}; save it as UTF-8", cause: e);
            }
        }
    }
}
