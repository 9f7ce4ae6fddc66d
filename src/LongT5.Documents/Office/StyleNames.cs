namespace LongT5.Documents.Office;

/// <summary>
/// What the names of word processors' own styles mean; a name is the same in every language, an id is not.
/// </summary>
static class StyleNames
{
    /// <summary>Whether paragraphs of this style are generated: tables of contents and of figures.</summary>
    public static bool IsGenerated(string name)
        => name.StartsWith("toc ", StringComparison.Ordinal) || name.StartsWith("contents ", StringComparison.Ordinal)
            || name is "table of figures" or "toc heading";

    /// <summary>The kind and level of paragraphs of this style, or null for one that says nothing.</summary>
    /// <param name="name">The name in small letters.</param>
    public static (BlockKind Kind, int Level)? KindOf(string name) => name switch
    {
        "title" => (BlockKind.Heading, 1),
        "subtitle" => (BlockKind.Heading, 2),
        ['h', 'e', 'a', 'd', 'i', 'n', 'g', ' ', >= '1' and <= '9' and var digit] => (BlockKind.Heading, digit - '0'),
        "caption" or "image caption" or "table caption" or "illustration" => (BlockKind.Caption, 0),
        "quote" or "intense quote" or "block text" or "quotations" => (BlockKind.Quotation, 0),
        "html preformatted" or "source code" or "macro text" or "preformatted text" => (BlockKind.Code, 0),
        "footnote text" or "endnote text" => (BlockKind.Footnote, 0),
        _ => null,
    };
}
