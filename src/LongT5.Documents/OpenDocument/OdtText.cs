using System.Globalization;
using System.Text;
using System.Xml.Linq;
using LongT5.Documents.Office;

namespace LongT5.Documents.OpenDocument;

/// <summary>Walks the body of an OpenDocument text, a note or a text box.</summary>
sealed class OdtText(OdtStyles styles)
{
    /// <summary>How often a repeated cell or row that says something is read: files may claim billions.</summary>
    private const int MostRepeats = 64;

    private readonly List<XElement> _notes = [], _boxes = [];

    /// <summary>What was read.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>The first paragraph in the style of a title.</summary>
    public string? Title { get; private set; }

    /// <summary>The blocks of a container.</summary>
    /// <param name="container">The body, a section, a cell, a text box, a list item.</param>
    /// <param name="list">How many lists it stands in.</param>
    public void AddBlocks(XElement container, int list)
    {
        foreach (var element in container.Elements())
            switch (element.Name.LocalName)
            {
                case "h":
                    var level = int.TryParse(element.Value("outline-level"), CultureInfo.InvariantCulture, out var said)
                        ? said : 1;
                    AddParagraph(element, BlockKind.Heading, Math.Clamp(level, 1, 10));
                    break;
                case "p":
                    var (kind, rank) = styles.KindOf(element.Value("style-name"));
                    AddParagraph(element, list > 0 && kind == BlockKind.Paragraph ? BlockKind.ListItem : kind, list > 0
                        ? list : rank);
                    break;
                case "list":
                    AddBlocks(element, list + 1);
                    break;
                case "table":
                    AddTable(element);
                    break;
                case "section" when element.Value("display") == "none"
                    || styles.IsHidden("section", element.Value("style-name")):
                case "tracked-changes" or "table-of-content" or "illustration-index" or "table-index" or "object-index":
                case "user-index" or "alphabetical-index" or "forms" or "annotation" or "sequence-decls"
                    or "variable-decls":
                    break;
                case "text-box":
                    AddBlocks(element, 0);
                    break;
                default:
                    AddBlocks(element, list);
                    break;
            }
    }

    /// <summary>The notes, in the order of their marks.</summary>
    public IEnumerable<Block> Notes()
    {
        foreach (var body in _notes)
        {
            var note = new OdtText(styles);
            note.AddBlocks(body, 0);
            foreach (var block in note.Blocks)
                yield return block with { Kind = BlockKind.Footnote, Level = 0 };
        }
    }

    private void AddParagraph(XElement paragraph, BlockKind kind, int level)
    {
        var style = paragraph.Value("style-name");
        var text = new StringBuilder();
        if (!styles.IsHidden("paragraph", style)) AddInline(paragraph, text);
        if (kind == BlockKind.Heading && Title is null && styles.IsTitle(style)) Title = text.ToString().Trim();
        Blocks.Add(new(kind, text.ToString()) { Level = level });
        foreach (var box in _boxes.ToList())
        {
            _boxes.Remove(box);
            AddBlocks(box, 0);
        }
    }

    private void AddInline(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
            switch (node)
            {
                case XText words:
                    // Line ends and indentation of the XML are white space, not lines.
                    text.Append(words.Value.ReplaceLineEndings(" "));
                    break;
                case XElement child:
                    AddInlineElement(child, text);
                    break;
            }
    }

    private void AddInlineElement(XElement child, StringBuilder text)
    {
        switch (child.Name.LocalName)
        {
            case "s" or "tab":
                text.Append(' ');
                break;
            case "line-break":
                text.Append('\n');
                break;
            case "note":
                if (child.Child("note-body") is { } body) _notes.Add(body);
                break;
            case "text-box":
                _boxes.Add(child);
                break;
            case "span" when styles.IsHidden("text", child.Value("style-name")):
            case "hidden-text" or "hidden-paragraph" when child.Value("is-hidden") is not "false":
            case "annotation" or "annotation-end" or "ruby-text" or "title" or "desc" or "object" or "binary-data"
                or "script":
            case "event-listeners" or "forms":
                break;
            default:
                AddInline(child, text);
                break;
        }
    }

    private void AddTable(XElement table)
    {
        var cells = new List<IReadOnlyList<IReadOnlyList<Block>>>();
        foreach (var row in Rows(table))
        {
            var read = row.Elements().Where(cell => cell.Name.LocalName is "table-cell")
                .SelectMany(cell => Repeat(Read(cell), cell.Value("number-columns-repeated"),
                    blocks => blocks.Count > 0)).ToList();
            cells.AddRange(Repeat(read, row.Value("number-rows-repeated"), row => row.Any(cell => cell.Count > 0)));
        }
        if (TableText.IsLayout(cells))
            Blocks.AddRange(cells.SelectMany(row => row).SelectMany(cell => cell));
        else
            Blocks.Add(TableText.Of(cells));
    }

    private static IEnumerable<XElement> Rows(XElement table)
        => table.Elements().SelectMany(child => child.Name.LocalName switch
        {
            "table-row" => [child],
            "table-header-rows" or "table-rows" or "table-row-group" => Rows(child),
            _ => [],
        });

    private List<Block> Read(XElement cell)
    {
        var inner = new OdtText(styles);
        inner.AddBlocks(cell, 0);
        _notes.AddRange(inner._notes);
        return [.. inner.Blocks.Where(block => block.Text.AsSpan().Trim().Length > 0)];
    }

    private static IEnumerable<T> Repeat<T>(T one, string? times, Func<T, bool> says)
        => Enumerable.Repeat(one, says(one) && long.TryParse(times, CultureInfo.InvariantCulture, out var count)
            ? (int)Math.Clamp(count, 1, MostRepeats) : 1);
}
