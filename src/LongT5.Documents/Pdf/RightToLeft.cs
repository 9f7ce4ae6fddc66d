namespace LongT5.Documents.Pdf;

/// <summary>
/// Words of Arabic, Hebrew and their like, which a page shows from right to left, in the order in which they are read.
/// </summary>
static class RightToLeft
{
    /// <summary>Most of the words that have a direction run from right to left.</summary>
    public static bool Leads(IReadOnlyList<Word> words)
    {
        var balance = 0;
        foreach (var word in words)
            foreach (var c in word.Text)
                balance += Script.IsRightToLeft(c) ? 1 : char.IsLetter(c) ? -1 : 0;
        return balance > 0;
    }

    /// <summary>
    /// From right to left, but for numbers and words of other scripts between, which keep their own order.
    /// </summary>
    public static IReadOnlyList<Word> Ordered(IReadOnlyList<Word> words)
    {
        var ordered = new List<Word>();
        for (var i = words.Count - 1; i >= 0; i--)
        {
            var first = i;
            while (IsForeign(words[first]) && first > 0 && IsForeign(words[first - 1])) first--;
            for (var k = first; k <= i; k++)
                ordered.Add(words[k]);
            i = first;
        }
        return ordered;
    }

    /// <summary>The letters of one word, given from left to right, as they are read.</summary>
    public static string Letters(IReadOnlyList<Glyph> glyphs)
    {
        if (!glyphs.Any(glyph => glyph.Text.Any(Script.IsRightToLeft)))
            return string.Concat(glyphs.Select(glyph => glyph.Text));
        var parts = new List<string>();
        for (var i = glyphs.Count - 1; i >= 0; i--)
        {
            var first = i;
            while (IsNumber(glyphs[first].Text) && first > 0 && IsNumber(glyphs[first - 1].Text)) first--;
            for (var k = first; k <= i; k++)
                parts.Add(Mirrored(glyphs[k].Text));
            i = first;
        }
        return string.Concat(parts);
    }

    private static bool IsForeign(Word word) => word.Text.Any(char.IsLetterOrDigit)
        && !word.Text.Any(Script.IsRightToLeft);

    private static bool IsNumber(string text) => text.Any(c => char.IsDigit(c) || char.IsAsciiLetter(c))
        || text is "." or "," or "/";

    private static string Mirrored(string text) => text switch
    {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "«" => "»",
        "»" => "«",
        _ => text,
    };
}
