using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>
/// Added tokens that are sought in the normalized text, as the tokenizers library does it: normalized themselves.
/// </summary>
sealed class NormalizedTokens
{
    private readonly AddedToken[] _tokens;
    private readonly PieceTrie _trie;

    /// <param name="tokens">Each with the bytes that it becomes; of equal ones the first counts.</param>
    public NormalizedTokens(IEnumerable<(AddedToken Token, byte[] Bytes)> tokens)
    {
        var distinct = tokens.DistinctBy(token => Convert.ToHexString(token.Bytes)).ToArray();
        _tokens = [.. distinct.Select(token => token.Token)];
        _trie = new(distinct.Select((token, i) => KeyValuePair.Create(token.Bytes, i)));
    }

    /// <summary>The first token at or behind <paramref name="from"/>, the longest one if several start there.</summary>
    /// <param name="text">Normalized text in UTF-8.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="token">The token.</param>
    /// <param name="start">Where it starts, with the white space before it that belongs to it.</param>
    /// <param name="end">Where it ends, with the white space behind it that belongs to it.</param>
    public bool Find(ReadOnlySpan<byte> text, int from, out AddedToken token, out int start, out int end)
    {
        for (var at = from; at < text.Length;)
        {
            var (id, behind) = Longest(text, at);
            if (id < 0)
            {
                at++;
                continue;
            }
            (token, start, end) = (_tokens[id], at, behind);
            at = behind;
            if (token.SingleWord && !StandsAlone(text, start, end)) continue;
            if (token.LeftStrip)
                while (start > from && Rune.DecodeLastFromUtf8(text[from..start], out var rune, out var length) == 0
                    && Rune.IsWhiteSpace(rune)) start -= length;
            if (token.RightStrip)
                while (end < text.Length && Rune.DecodeFromUtf8(text[end..], out var rune, out var length) == 0
                    && Rune.IsWhiteSpace(rune)) end += length;
            return true;
        }
        (token, start, end) = (default, text.Length, text.Length);
        return false;
    }

    private (int Id, int End) Longest(ReadOnlySpan<byte> text, int at)
    {
        var (node, found) = (PieceTrie.Root, (-1, at));
        while (at < text.Length && _trie.Step(ref node, text[at++]))
        {
            if (_trie.Id(node) is >= 0 and var id) found = (id, at);
        }
        return found;
    }

    private static bool StandsAlone(ReadOnlySpan<byte> text, int start, int end)
    {
        Rune.DecodeLastFromUtf8(text[..start], out var before, out _);
        Rune.DecodeFromUtf8(text[end..], out var behind, out _);
        return (start == 0 || !SpecialTokens.IsOfWord(before))
            && (end == text.Length || !SpecialTokens.IsOfWord(behind));
    }
}
