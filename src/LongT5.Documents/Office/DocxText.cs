using System.Text;
using System.Xml.Linq;

namespace LongT5.Documents.Office;

/// <summary>Walks one story of a Word document: the body, a note, a text box, a head.</summary>
sealed class DocxText(DocxStyles styles, XElement? footnotes, XElement? endnotes)
{
    private readonly List<XElement> _notes = [];
    private readonly Stack<bool> _fields = new();
    private readonly List<XElement> _boxes = [];
    private string _held = "";

    /// <summary>What was read.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>The first paragraph in the style of a title.</summary>
    public string? Title { get; private set; }

    /// <summary>The blocks of a container of paragraphs and tables.</summary>
    public void AddBlocks(XElement container)
    {
        foreach (var element in container.Shown())
            switch (element.Name.LocalName)
            {
                case "p":
                    AddParagraph(element);
                    break;
                case "tbl":
                    AddTable(element);
                    break;
                case "sdt" when IsContents(element):
                case "del" or "moveFrom" or "sectPr" or "sdtPr":
                    break;
                default:
                    AddBlocks(element);
                    break;
            }
    }

    /// <summary>The notes that were referred to, in that order.</summary>
    public List<Block> Notes()
    {
        var blocks = new List<Block>();
        for (var i = 0; i < _notes.Count; i++)
        {
            var note = new DocxText(styles, null, null);
            note.AddBlocks(_notes[i]);
            blocks.AddRange(note.Blocks.Select(block => block with { Kind = BlockKind.Footnote, Level = 0 }));
        }
        return blocks;
    }

    /// <summary>What a page repeats.</summary>
    public static IEnumerable<Block> Furniture(DocxStyles styles, XElement part)
    {
        var text = new DocxText(styles, null, null);
        text.AddBlocks(part);
        return text.Blocks.Select(block => new Block(BlockKind.Furniture, block.Text));
    }

    private void AddParagraph(XElement paragraph)
    {
        var properties = paragraph.Child("pPr");
        var text = new StringBuilder(_held);
        _held = "";
        if (!IsHiddenParagraph(properties)) AddInline(paragraph, text);
        // A deleted paragraph mark, and the frame of a drop cap, join with what follows.
        if (properties?.Child("rPr") is { } mark && (mark.Child("del") ?? mark.Child("moveFrom")) is not null
            || properties?.Child("framePr")?.Value("dropCap") is "drop" or "margin")
        {
            _held = text.ToString();
            return;
        }
        if (styles.KindOf(properties) is (var kind, var level))
        {
            var block = new Block(kind, text.ToString()) { Level = level };
            if (kind == BlockKind.Heading && Title is null && styles.IsTitle(properties)) Title = block.Text.Trim();
            Blocks.Add(block);
        }
        foreach (var box in _boxes.ToList())
        {
            _boxes.Remove(box);
            AddBlocks(box);
        }
    }

    private void AddInline(XElement element, StringBuilder text)
    {
        foreach (var child in element.Shown())
        {
            switch (child.Name.LocalName)
            {
                case "fldChar" when child.Value("fldCharType") == "begin":
                    _fields.Push(false);
                    continue;
                case "fldChar" when child.Value("fldCharType") == "end":
                    _fields.TryPop(out _);
                    continue;
                case "instrText" when IsGenerated(child.Value) && _fields.TryPop(out _):
                    _fields.Push(true);
                    continue;
                case "fldSimple" when IsGenerated(child.Value("instr") ?? ""):
                    continue;
                case "txbxContent":
                    _boxes.Add(child);
                    continue;
                case "footnoteReference" or "endnoteReference":
                    Refer(child);
                    continue;
                case "r" when IsHiddenRun(child.Child("rPr")):
                case "pPr" or "rPr" or "del" or "moveFrom" or "instrText" or "delText" or "delInstrText"
                    or "rt" or "sdtPr":
                case "t" or "tab" or "ptab" or "br" or "cr" or "noBreakHyphen" or "sym" when _fields.Contains(true):
                case "annotationRef" or "footnoteRef" or "endnoteRef" or "posOffset" or "binData":
                    continue;
            }
            switch (child.Name.LocalName)
            {
                case "t":
                    text.Append(child.Value);
                    break;
                case "tab" or "ptab":
                    text.Append(' ');
                    break;
                case "br" or "cr":
                    text.Append('\n');
                    break;
                case "noBreakHyphen":
                    text.Append('-');
                    break;
                case "sym" when child.Value("char") is { } code:
                    text.Append(Symbol(code));
                    break;
                default:
                    AddInline(child, text);
                    break;
            }
        }
    }

    /// <summary>
    /// A character by its code in a symbol font; only those outside the private area mean something without the font.
    /// </summary>
    private static string Symbol(string code)
        => int.TryParse(code, System.Globalization.NumberStyles.HexNumber, null, out var value) && value is >= 0x20
            and < 0xD800
            ? ((char)value).ToString() : "";

    private void Refer(XElement reference)
    {
        var notes = reference.Name.LocalName == "footnoteReference" ? footnotes : endnotes;
        var id = reference.Value("id");
        if (notes?.Elements().FirstOrDefault(note => note.Value("id") == id && note.Value("type") is null
            or "normal") is { } note)
            _notes.Add(note);
    }

    private void AddTable(XElement table)
    {
        var rows = Rows(table).ToList();
        var cells = rows.Select(row => Cells(row).Select(Read).ToList()).ToList();
        if (TableText.IsLayout(cells))
            Blocks.AddRange(cells.SelectMany(row => row).SelectMany(cell => cell));
        else
            Blocks.Add(TableText.Of(cells));
    }

    private List<Block> Read(XElement cell)
    {
        var inner = new DocxText(styles, footnotes, endnotes);
        inner.AddBlocks(cell);
        _notes.AddRange(inner._notes);
        return inner.Blocks;
    }

    private static IEnumerable<XElement> Rows(XElement table)
        => table.Shown().SelectMany(child => child.Name.LocalName switch
        {
            "tr" => child.Child("trPr")?.Child("del") is null ? [child] : [],
            "tblPr" or "tblGrid" or "del" or "moveFrom" => [],
            _ => Rows(child),
        });

    private static IEnumerable<XElement> Cells(XElement row)
        => row.Shown().SelectMany(child => child.Name.LocalName switch
        {
            "tc" => child.Child("tcPr")?.Child("cellDel") is null ? [child] : [],
            "trPr" or "tblPrEx" or "sdtPr" => [],
            _ => Cells(child),
        });

    private bool IsHiddenParagraph(XElement? properties)
        => styles.IsHidden(properties?.Child("pStyle")?.Value("val"));

    private bool IsHiddenRun(XElement? properties)
        => properties is not null
            && (properties.Child("vanish") is { } vanish
                ? DocxStyles.IsOn(vanish) : styles.IsHidden(properties.Child("rStyle")?.Value("val")));

    /// <summary>Tables of contents, of figures and of words repeat what the document says elsewhere.</summary>
    private static bool IsGenerated(string instruction)
        => instruction.AsSpan().Trim() is var code
            && (code.StartsWith("TOC ", StringComparison.OrdinalIgnoreCase)
                || code.StartsWith("INDEX ", StringComparison.OrdinalIgnoreCase));

    private static bool IsContents(XElement sdt)
        => sdt.Child("sdtPr")?.Child("docPartObj")?.Child("docPartGallery")?.Value("val") == "Table of Contents";
}
