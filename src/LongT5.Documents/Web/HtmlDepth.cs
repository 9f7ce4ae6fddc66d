namespace LongT5.Documents.Web;

/// <summary>
/// A quick look at the tags of a page before a parser, whose work grows faster than its input, sees it.
/// </summary>
static class HtmlDepth
{
    private const int Deepest = 3000, MostAttributes = 1000;

    /// <summary>Elements whose end nobody writes.</summary>
    private static readonly HashSet<string> Unclosed = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd",
        "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup", "rt", "rp", "html",
        "head", "body",
    };

    /// <summary>Whether neither the elements that are open at once nor the attributes of one are too many.</summary>
    public static bool IsSound(ReadOnlySpan<char> text)
    {
        var depth = 0;
        while (text.IndexOf('<') is >= 0 and var at && at + 1 < text.Length)
        {
            text = text[(at + 1)..];
            var isEnd = text[0] == '/';
            var rest = isEnd ? text[1..] : text;
            if (rest.IsEmpty || !char.IsAsciiLetter(rest[0])) continue;
            var name = rest.IndexOfAnyExcept(Letters) is >= 0 and var length ? rest[..length] : rest;
            if (Unclosed.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name)) continue;
            depth = isEnd ? Math.Max(depth - 1, 0) : depth + 1;
            var tag = rest.IndexOf('>') is >= 0 and var close ? rest[..close] : rest;
            if (depth > Deepest || tag.Length > MostAttributes && tag.Count('=') > MostAttributes) return false;
            if (!isEnd && tag is [.., '/']) depth--;
        }
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:");
}
