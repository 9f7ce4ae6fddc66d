using System.Text;

namespace LongT5.Text;

/// <summary>Writes normalized characters with the places in the text that the tokenizers library gives them.</summary>
/// <remarks>
/// The n-th new character stands for the n-th old one, what is over for the last one, and what is removed counts to the
/// character before. What is removed before the first character is forgotten, so that all behind it is off by as much:
/// that is a fault of the library, kept because offsets are compared with its.
/// </remarks>
struct AlignedWriter(string text, int start, NormalizedText output)
{
    private int _next = start;
    private (int Start, int End) _last = (start, start);
    private int _lastLength;
    private bool _inserted;

    /// <summary>An ASCII character that stays.</summary>
    public void Write(byte value)
    {
        if (!output.HasOffsets)
        {
            output.Append(value, 0, 0);
            return;
        }
        Take();
        output.Append(value, _last.Start, _last.End);
        _lastLength = 1;
    }

    /// <summary>What some characters become.</summary>
    public void Write(ReadOnlySpan<byte> replacement, ReadOnlySpan<char> old)
    {
        if (!output.HasOffsets)
        {
            output.Append(replacement, 0, 0);
            return;
        }
        var left = 0;
        foreach (var _ in old.EnumerateRunes()) left++;
        while (!replacement.IsEmpty)
        {
            Rune.DecodeFromUtf8(replacement, out _, out var length);
            if (left > 0) Take();
            _inserted = left-- <= 0;
            Put(replacement[..length]);
            replacement = replacement[length..];
        }
        if (left > 0 && _lastLength > 0) Remove(left);
    }

    private void Take()
    {
        Rune.DecodeFromUtf16(text.AsSpan(_next), out _, out var taken);
        _last = (_next, _next + taken);
        _next += taken;
        _inserted = false;
    }

    private void Put(ReadOnlySpan<byte> character)
    {
        output.Append(character, _last.Start, _last.End);
        _lastLength = character.Length;
    }

    private void Remove(int characters)
    {
        var inserted = _inserted;
        for (var i = 0; i < characters; i++)
        {
            Take();
            if (i == 0 && inserted) output.SetSource(_lastLength, _last.Start, _last.End);
        }
    }
}
