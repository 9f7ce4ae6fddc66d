using System.Buffers;

namespace LongT5.Text;

/// <summary>A token that is found in a text before anything else is done with it.</summary>
/// <param name="Text">How it is written.</param>
/// <param name="Id">Its id.</param>
/// <param name="TakesSpaceBefore">Whether white space before it belongs to it.</param>
/// <param name="TakesSpaceAfter">Whether white space behind it belongs to it.</param>
/// <param name="Special">Whether it is left out of a decoded text.</param>
readonly record struct SpecialToken(string Text, int Id, bool TakesSpaceBefore, bool TakesSpaceAfter, bool Special);

/// <summary>The tokens that a text is cut at.</summary>
sealed class SpecialTokens
{
    private readonly SearchValues<string> _any;
    private readonly SpecialToken[] _longestFirst;
    private readonly Dictionary<int, SpecialToken> _byId;
    private readonly bool _inText;

    public SpecialTokens(IEnumerable<SpecialToken> tokens, bool inText)
    {
        _longestFirst = [.. tokens.Where(token => token.Text.Length > 0).OrderByDescending(token => token.Text.Length)];
        _any = SearchValues.Create([.. _longestFirst.Select(token => token.Text)], StringComparison.Ordinal);
        _inText = inText && _longestFirst.Length > 0;
        _byId = [];
        foreach (var token in _longestFirst) _byId[token.Id] = token;
    }

    public IEnumerable<SpecialToken> All => _byId.Values;

    /// <summary>Whether an id is left out of a decoded text.</summary>
    public bool IsSpecial(int id) => _byId.TryGetValue(id, out var token) && token.Special;

    /// <summary>The first token at or behind <paramref name="from"/>, the longest one if several start there.</summary>
    public bool Find(ReadOnlySpan<char> text, int from, out SpecialToken token, out int at)
    {
        token = default;
        at = _inText ? text[from..].IndexOfAny(_any) : -1;
        if (at < 0) return false;
        at += from;
        foreach (var candidate in _longestFirst)
        {
            if (!text[at..].StartsWith(candidate.Text, StringComparison.Ordinal)) continue;
            token = candidate;
            return true;
        }
        return false;
    }
}
