using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>SentencePiece's normalizer: character rules, spaces, the space before the first word.</summary>
sealed class Normalizer
{
    /// <summary>What SentencePiece writes for a space: U+2581.</summary>
    public const char Space = '\u2581';

    private readonly CharsMap? _map;
    private readonly PieceTrie? _kept;
    private readonly SentencePieceModel _model;

    /// <exception cref="BadFileException">The character rules of the model are damaged;
    /// <paramref name="path"/> names the file.</exception>
    public Normalizer(SentencePieceModel model, string path)
    {
        _model = model;
        _map = model.CharsMap.IsEmpty ? null : new(model.CharsMap.Span, path);
        var kept = model.Pieces.Where(piece => piece.Kind == PieceKind.UserDefined)
            .Select((piece, i) => KeyValuePair.Create(Encoding.UTF8.GetBytes(piece.Text), i)).ToArray();
        _kept = kept.Length > 0 ? new(kept) : null;
    }

    /// <summary>Normalizes one stretch of a text.</summary>
    /// <param name="text">UTF-16; a lone surrogate becomes U+FFFD.</param>
    /// <param name="offset">Where the stretch starts in the whole text; -1 if it
    /// starts with a space that is not in it.</param>
    /// <param name="dummyPrefix">Whether a space is set before the first word.</param>
    /// <param name="afterText">Whether text stands before it, so that spaces at its start count.</param>
    /// <param name="output">Where the result is added.</param>
    public void Normalize(ReadOnlySpan<char> text, int offset, bool dummyPrefix, bool afterText, NormalizedText output)
    {
        var squeeze = _model.RemoveExtraWhitespaces;
        var first = output.Length;
        var i = 0;
        Span<byte> utf8 = stackalloc byte[4];
        if (squeeze && !afterText)
        {
            while (i < text.Length && Next(text[i..], utf8, out var taken) is [(byte)' ']) i += taken;
        }
        if (i == text.Length) return;
        if (dummyPrefix && !_model.TreatWhitespaceAsSuffix) output.Append((byte)' ', offset + i, offset + i);
        var afterSpace = squeeze && !afterText;
        while (i < text.Length)
        {
            var c = text[i];
            if (IsPlain(c) && (i + 1 == text.Length || text[i + 1] < 128))
            {
                output.Append((byte)c, offset + i, offset + i + 1);
                afterSpace = false;
                i++;
                continue;
            }
            var bytes = Next(text[i..], utf8, out var taken);
            if (afterSpace) bytes = bytes.TrimStart((byte)' ');
            if (bytes.Length > 0)
            {
                Append(bytes, Math.Max(offset + i, 0), offset + i + taken, output);
                afterSpace = squeeze && bytes[^1] == ' ';
            }
            i += taken;
        }
        if (squeeze) output.Truncate(first + output.Bytes[first..].TrimEnd((byte)' ').Length);
        if (dummyPrefix && _model.TreatWhitespaceAsSuffix) output.Append((byte)' ', offset + i, offset + i);
    }

    private bool IsPlain(char c) => c > ' ' && c < 128 && _kept is null && (_map is null || _map.IsPlain(c));

    // What the first character, or the first few, become.
    private ReadOnlySpan<byte> Next(ReadOnlySpan<char> text, Span<byte> utf8, out int taken)
    {
        taken = _kept is null ? 0 : Kept(text);
        if (taken > 0) return Encoding.UTF8.GetBytes(text[..taken].ToArray());
        taken = 0;
        if (_map is not null && (taken = _map.Longest(text, out var replacement)) > 0) return replacement;
        Rune.DecodeFromUtf16(text, out var rune, out taken);
        return utf8[..rune.EncodeToUtf8(utf8)];
    }

    private int Kept(ReadOnlySpan<char> text)
    {
        var (node, longest) = (PieceTrie.Root, 0);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var taken);
            i += taken;
            foreach (var label in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (!_kept!.Step(ref node, label)) return longest;
            }
            if (_kept!.Id(node) >= 0) longest = i;
        }
        return longest;
    }

    private void Append(ReadOnlySpan<byte> bytes, int from, int to, NormalizedText output)
    {
        if (!_model.EscapeWhitespaces)
        {
            output.Append(bytes, from, to);
            return;
        }
        // U+2581 written by the user is the same as a space from here on.
        for (int at; (at = bytes.IndexOf("\u2581"u8)) >= 0; bytes = bytes[(at + 3)..])
        {
            output.Append(bytes[..at], from, to);
            output.Append((byte)' ', from, to);
        }
        output.Append(bytes, from, to);
    }
}
