using System.Text;
using AngleSharp.Dom;

namespace LongT5.Documents.Web;

/// <summary>Walks elements of HTML as a browser shows them, and gives blocks.</summary>
sealed class HtmlBlocks
{
    private readonly List<Block> _blocks = [];
    private readonly StringBuilder _text = new();
    private BlockKind _kind = BlockKind.Paragraph;
    private int _level;

    /// <summary>The blocks of an element and all that it holds.</summary>
    public static List<Block> Of(INode root)
    {
        var walk = new HtmlBlocks();
        walk.Children(root, 0);
        walk.Flush();
        return walk._blocks;
    }

    private void Children(INode node, int lists)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var child in node.ChildNodes)
            if (child is IText words)
                Append(words.Data);
            else if (child is IElement element && !HtmlShown.IsLeftOut(element))
                Element(element, lists);
    }

    private void Element(IElement element, int lists)
    {
        switch (element.LocalName)
        {
            case "br":
                Break();
                break;
            case "wbr":
                break;
            case "hr":
                Flush();
                break;
            case ['h', >= '1' and <= '6' and var digit]:
                Block(element, BlockKind.Heading, digit - '0', lists);
                break;
            case "ul" or "ol" or "menu" or "dir":
                Block(element, _kind, _level, lists + 1);
                break;
            case "li":
                if (_kind == BlockKind.Footnote) Block(element, _kind, 0, lists);
                else Block(element, BlockKind.ListItem, Math.Max(lists, 1), lists);
                break;
            case "dt" or "dd":
                Block(element, BlockKind.ListItem, lists + 1, lists);
                break;
            case "blockquote":
                Block(element, BlockKind.Quotation, 0, lists);
                break;
            case "pre" or "listing" or "xmp":
                Block(element, BlockKind.Code, 0, lists);
                break;
            case "figcaption" or "caption":
                Block(element, BlockKind.Caption, 0, lists);
                break;
            case "table":
                Table(element, lists);
                break;
            case "q":
                _text.Append('“');
                Children(element, lists);
                _text.Append('”');
                break;
            case var _ when HtmlShown.IsNote(element):
                Block(element, BlockKind.Footnote, 0, lists);
                break;
            case var name when HtmlShown.IsBlock(name):
                Block(element, _kind, _level, lists);
                break;
            default:
                Children(element, lists);
                break;
        }
    }

    private void Block(IElement element, BlockKind kind, int level, int lists)
    {
        Flush();
        var (outerKind, outerLevel) = (_kind, _level);
        (_kind, _level) = (kind, level);
        Children(element, lists);
        Flush();
        (_kind, _level) = (outerKind, outerLevel);
    }

    private void Table(IElement table, int lists)
    {
        Flush();
        var rows = Rows(table).ToList();
        var cells =
            rows.Select(row => row.Children.Where(cell => cell.LocalName is "td" or "th" && !HtmlShown.IsLeftOut(cell))
            .Select(Of).ToList()).ToList();
        foreach (var caption in table.Children.Where(child => child.LocalName == "caption"))
            Block(caption, BlockKind.Caption, 0, lists);
        if (table.GetAttribute("role") is "presentation" or "none" || TableText.IsLayout(cells))
            _blocks.AddRange(cells.SelectMany(row => row).SelectMany(cell => cell));
        else
            _blocks.Add(TableText.Of(cells));
    }

    private static IEnumerable<IElement> Rows(IElement table)
        => table.Children.Where(child => !HtmlShown.IsLeftOut(child)).SelectMany(child => child.LocalName switch
        {
            "tr" => [child],
            "thead" or "tbody" or "tfoot" => Rows(child),
            _ => [],
        });

    private void Append(string words)
        => _text.Append(_kind == BlockKind.Code ? words : words.Replace('\n', ' ').Replace('\r', ' '));

    /// <summary>Two breaks with nothing between them part paragraphs.</summary>
    private void Break()
    {
        var end = _text.Length;
        while (end > 0 && _text[end - 1] is ' ' or '\t' or '\u00A0') end--;
        if (_kind == BlockKind.Code || end == 0 || _text[end - 1] != '\n')
            _text.Append('\n');
        else
            Flush();
    }

    private void Flush()
    {
        if (_text.Length > 0 && !string.IsNullOrWhiteSpace(_text.ToString()))
            _blocks.Add(new(_kind, _kind == BlockKind.Heading
                ? _text.ToString().Replace('\n', ' ') : _text.ToString())
            { Level = _level });
        _text.Clear();
    }
}
