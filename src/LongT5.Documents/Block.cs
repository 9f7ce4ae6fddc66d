namespace LongT5.Documents;

/// <summary>What a block is to its reader.</summary>
public enum BlockKind
{
    /// <summary>A paragraph.</summary>
    Paragraph,

    /// <summary>The heading of a section, of the level <see cref="Block.Level"/>.</summary>
    Heading,

    /// <summary>One item of a list, <see cref="Block.Level"/> deep.</summary>
    ListItem,

    /// <summary>
    /// A table: a line for each row, its cells parted by " | " (a reader of a format gives a tab there).
    /// </summary>
    Table,

    /// <summary>What stands under or above a picture or table.</summary>
    Caption,

    /// <summary>A foot- or endnote.</summary>
    Footnote,

    /// <summary>A quotation set apart.</summary>
    Quotation,

    /// <summary>Code; its lines and indentation are kept.</summary>
    Code,

    /// <summary>Running heads, page numbers, what a page repeats: known, and no part of the text.</summary>
    Furniture,
}

/// <summary>A piece of a document that stands alone on its lines, and where it stood.</summary>
/// <param name="Kind">What it is to its reader.</param>
/// <param name="Text">Its words; a line break only where the reader sees one that means
/// something (verse, code, a table's rows).</param>
public sealed record Block(BlockKind Kind, string Text)
{
    /// <summary>A heading's level, or a list item's depth, from 1; otherwise 0.</summary>
    public int Level { get; init; }

    /// <summary>The page or slide that it begins on, from 1; null where the format has none.</summary>
    public int? Page { get; init; }

    /// <summary>
    /// The innermost section that it belongs to, as an index into
    /// <see cref="Document.Sections"/>; null before the first heading.
    /// </summary>
    public int? Section { get; internal init; }

    /// <summary>Where it begins in <see cref="Document.Text"/>, in UTF-16 units.</summary>
    public int Start { get; internal init; }

    /// <summary>
    /// Where it ends there: <c>Text[Start..End]</c> is the block; furniture, which is
    /// no part of the text, ends where it begins.
    /// </summary>
    public int End { get; internal init; }
}

/// <summary>A heading and all that stands under it, its subsections included.</summary>
/// <param name="Heading">The words of the heading.</param>
/// <param name="Level">Its level, from 1.</param>
/// <param name="Start">Where the heading begins in <see cref="Document.Text"/>.</param>
/// <param name="End">Where the next heading of this or a higher rank begins, or the text ends.</param>
public sealed record Section(string Heading, int Level, int Start, int End);
