using System.Buffers;
using System.Text;

namespace LongT5.Text;

/// <summary>In which encoding text is written: by its mark, or by its looks.</summary>
static class TextEncoding
{
    /// <summary>
    /// Windows-1252 at 0x80 to 0x9F, which is what files called Latin-1 hold there; '\0' where it has nothing.
    /// </summary>
    private const string Windows1252 = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

    /// <summary>Bytes of the beginning that tell enough.</summary>
    public const int HeadLength = 4096;

    /// <summary>
    /// The encoding that a byte order mark names, which throws on what is unsound, and how long the mark is.
    /// </summary>
    public static (Encoding Encoding, int MarkLength)? Marked(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(false, true), 3),
        [0xFF, 0xFE, 0, 0, ..] => (new UTF32Encoding(false, false, true), 4),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(true, false, true), 4),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, false, true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, false, true), 2),
        _ => null,
    };

    /// <summary>
    /// UTF-16 without a mark: Latin text has a zero in nearly every second place, and in one parity alone.
    /// </summary>
    public static Encoding? Utf16ByLooks(ReadOnlySpan<byte> head)
    {
        var sample = head[..(Math.Min(head.Length, HeadLength) & ~1)];
        int even = 0, odd = 0;
        for (var i = 0; i < sample.Length; i += 2)
        {
            even += sample[i] == 0 ? 1 : 0;
            odd += sample[i + 1] == 0 ? 1 : 0;
        }
        return Math.Max(even, odd) > sample.Length / 4 && Math.Min(even, odd) <= sample.Length / 100
            ? new UnicodeEncoding(even > odd, false, true)
            : null;
    }

    /// <summary>The character of a byte in Windows-1252, which holds Latin-1; '\0' where it has none.</summary>
    public static char Latin(byte value) => value is >= 0x80 and < 0xA0 ? Windows1252[value - 0x80] : (char)value;

    /// <summary>What speaks for Latin-1 in bytes that are no sound UTF-8; they may come in parts.</summary>
    public sealed class LatinEvidence
    {
        private readonly byte[] _cut = new byte[4]; // a sequence that the end of a part cuts
        private int _cutLength;
        private long _high, _sequences, _length;
        private bool _hasFree;

        /// <summary>
        /// Hardly a UTF-8 sequence of more bytes (that would be damaged UTF-8), no code that Windows-1252 leaves free,
        /// and letters without marks in the majority.
        /// </summary>
        public bool IsConvincing => !_hasFree && _sequences * 10 <= _high && _high * 2 < _length;

        /// <summary>Adds a part; the last one is empty or followed by <see cref="Complete"/>.</summary>
        public void Add(ReadOnlySpan<byte> part)
        {
            _length += part.Length;
            while (_cutLength > 0 && part.Length > 0)
            {
                _cut[_cutLength++] = part[0];
                part = part[1..];
                if (Count(_cut.AsSpan(0, _cutLength), out var used) == OperationStatus.NeedMoreData) continue;
                _cut.AsSpan(used, _cutLength - used).CopyTo(_cut);
                _cutLength -= used;
            }
            while (part.Length > 0)
            {
                if (Count(part, out var used) == OperationStatus.NeedMoreData)
                {
                    part.CopyTo(_cut);
                    _cutLength = part.Length;
                    return;
                }
                part = part[used..];
            }
        }

        /// <summary>No part follows: what is cut stays cut.</summary>
        public LatinEvidence Complete()
        {
            _high += _cutLength;
            _cutLength = 0;
            return this;
        }

        private OperationStatus Count(ReadOnlySpan<byte> bytes, out int used)
        {
            if (bytes[0] < 0x80)
            {
                used = 1;
                return OperationStatus.Done;
            }
            _hasFree |= Latin(bytes[0]) == '\0';
            var status = Rune.DecodeFromUtf8(bytes, out _, out used);
            if (status == OperationStatus.NeedMoreData) return status;
            if (status == OperationStatus.Done) _sequences++;
            else (used, _high) = (1, _high + 1);
            return status;
        }
    }
}
