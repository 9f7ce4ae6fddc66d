using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>SentencePiece's compiled character rules: which few characters become which text.</summary>
/// <remarks>
/// The bytes are the size of a trie, the trie as darts-clone writes it (32-bit units), and the replacements, each
/// ended by a zero. Nothing in them is trusted: a step that leaves the trie ends the walk.
/// </remarks>
sealed class CharsMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly bool[] _plain = new bool[128];

    /// <exception cref="BadFileException">The bytes are not such rules;
    /// <paramref name="path"/> names the file.</exception>
    public CharsMap(ReadOnlySpan<byte> compiled, string path)
    {
        var size = compiled.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(compiled);
        if (size > compiled.Length - 4 || size % 4 != 0 || size == 0)
            throw new BadFileException(path,
                $"its character rules (precompiled_charsmap, {compiled.Length} bytes) give a trie of {size} bytes");
        _units = new uint[size / 4];
        compiled.Slice(4, (int)size).CopyTo(MemoryMarshal.AsBytes(_units.AsSpan()));
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(_units, _units);
        _replacements = compiled[(4 + (int)size)..].ToArray();
        if (!System.Text.Unicode.Utf8.IsValid(_replacements))
            throw new BadFileException(path,
                "the replacements in its character rules (precompiled_charsmap) are not UTF-8");
        for (var c = 0; c < 128; c++) _plain[c] = StaysBeforeAscii((byte)c);
    }

    /// <summary>Whether an ASCII character stays as it is where another one, or nothing, follows.</summary>
    public bool IsPlain(char c) => c < 128 && _plain[c];

    /// <summary>
    /// The rule for the longest start of <paramref name="text"/>: how many characters it takes, 0 if there is none.
    /// </summary>
    public int Longest(ReadOnlySpan<char> text, out ReadOnlySpan<byte> replacement)
        => Match(text, longest: true, out replacement);

    /// <summary>
    /// The rule for the shortest start of <paramref name="text"/>: how many characters it takes, 0 if there is none.
    /// </summary>
    public int Shortest(ReadOnlySpan<char> text, out ReadOnlySpan<byte> replacement)
        => Match(text, longest: false, out replacement);

    private int Match(ReadOnlySpan<char> text, bool longest, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        var matched = 0;
        var node = Offset(_units[0]);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var taken);
            i += taken;
            var leaf = false;
            foreach (var label in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (!Step(ref node, label, out leaf)) return matched;
            }
            if (leaf && Replacement(node, out replacement, replacement))
            {
                matched = i;
                if (!longest) return matched;
            }
        }
        return matched;
    }

    private bool Step(ref uint node, byte label, out bool leaf)
    {
        leaf = false;
        node ^= label;
        if (node >= _units.Length) return false;
        var unit = _units[node];
        if ((unit & 0x8000_00ff) != label) return false;
        node ^= Offset(unit);
        leaf = (unit & 0x100) != 0;
        return true;
    }

    private bool Replacement(uint leaf, out ReadOnlySpan<byte> replacement, ReadOnlySpan<byte> otherwise)
    {
        replacement = otherwise;
        if (leaf >= _units.Length) return false;
        var start = _units[leaf] & 0x7fff_ffff;
        if (start >= _replacements.Length) return false;
        var rest = _replacements.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        replacement = end < 0 ? rest : rest[..end];
        return true;
    }

    private bool StaysBeforeAscii(byte c)
    {
        var node = Offset(_units[0]);
        if (!Step(ref node, c, out var leaf)) return true;
        if (leaf) return false;
        for (var next = 0; next < 128; next++)
        {
            var after = node;
            if (Step(ref after, (byte)next, out _)) return false;
        }
        return true;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);
}
