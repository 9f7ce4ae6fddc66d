using System.Buffers;
using System.Globalization;
using System.Text;
using LongT5.Formats;

namespace LongT5.Text;

/// <summary>The tokens that a text is cut at.</summary>
sealed class SpecialTokens
{
    private readonly SearchValues<string> _any;
    private readonly AddedToken[] _longestFirst;
    private readonly Dictionary<int, AddedToken> _byId = [];

    /// <param name="tokens">The tokens, those too that are sought elsewhere.</param>
    /// <param name="sought">Those among them that <see cref="Find"/> finds.</param>
    public SpecialTokens(IReadOnlyCollection<AddedToken> tokens, IEnumerable<AddedToken> sought)
    {
        _longestFirst = [.. sought.Where(token => token.Content.Length > 0)
            .OrderByDescending(token => token.Content.Length)];
        _any = SearchValues.Create([.. _longestFirst.Select(token => token.Content)], StringComparison.Ordinal);
        foreach (var token in tokens) _byId[token.Id] = token;
    }

    /// <summary>Whether an id is that of such a token.</summary>
    public bool Contains(int id) => _byId.ContainsKey(id);

    /// <summary>Whether an id is left out of a decoded text.</summary>
    public bool IsSpecial(int id) => _byId.TryGetValue(id, out var token) && token.Special;

    /// <summary>The first token at or behind <paramref name="from"/>, the longest one if several start there.</summary>
    public bool Find(ReadOnlySpan<char> text, int from, out AddedToken token, out int at)
    {
        for (token = default; _longestFirst.Length > 0 && text[from..].IndexOfAny(_any) is >= 0 and var next; from = at
            + token.Content.Length)
        {
            at = from + next;
            foreach (var candidate in _longestFirst)
            {
                if (!text[at..].StartsWith(candidate.Content, StringComparison.Ordinal)) continue;
                token = candidate;
                break;
            }
            if (!token.SingleWord || StandsAlone(text, at, at + token.Content.Length)) return true;
        }
        at = -1;
        return false;
    }

    /// <summary>Whether no letter, digit or the like touches a stretch of text.</summary>
    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out var before, out _);
        Rune.DecodeFromUtf16(text[end..], out var behind, out _);
        return (start == 0 || !IsOfWord(before)) && (end == text.Length || !IsOfWord(behind));
    }

    internal static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.LetterNumber;
}
