namespace LongT5.Documents.Pdf;

/// <summary>Lines that belong together: a paragraph or a part of one, a heading, a note, a table.</summary>
sealed class Passage(Column column, Line first)
{
    public Column Column { get; } = column;

    public List<Line> Lines { get; } = [first];

    public BlockKind Kind { get; set; } = BlockKind.Paragraph;

    /// <summary>As <see cref="Block.Level"/>.</summary>
    public int Level { get; set; }

    /// <summary>Its parts in later columns and pages.</summary>
    public List<Passage> Continued { get; } = [];

    /// <summary>The cells of a table, row by row.</summary>
    public List<List<string>>? Cells { get; set; }

    /// <summary>
    /// It stands beside the text, and the text goes on behind it: a note, a caption, a table, a label in a figure.
    /// </summary>
    public bool IsFloat { get; set; }

    /// <summary>Its first line begins further in than the column.</summary>
    public bool IsIndented => Column.Indent(Lines[0]) > 0.5 * Lines[0].Size;

    public double Size => Lines[0].Size;

    public string FirstText => Lines[0].Text;

    public Line LastLine => Continued.Count > 0 ? Continued[^1].LastLine : Lines[^1];

    public IEnumerable<Line> AllLines => Lines.Concat(Continued.SelectMany(part => part.AllLines));
}
