using System.Text;
using System.Xml.Linq;
using LongT5.Documents.Office;

namespace LongT5.Documents.Jats;

/// <summary>Walks the body of an article.</summary>
sealed class JatsText
{
    /// <summary>What was read.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>A heading out of the words of an element.</summary>
    public void AddHeading(XElement words, int level)
        => Blocks.Add(new(BlockKind.Heading, Inline(words).Replace('\n', ' ')) { Level = level });

    /// <summary>A section under its own title, or under one that readers expect where it has none.</summary>
    public void AddSection(XElement section, int level, string? untitled = null)
    {
        if (section.Child("title") is { } title) AddHeading(title, level);
        else if (untitled is not null) Blocks.Add(new(BlockKind.Heading, untitled) { Level = level });
        AddBlocks(section, level);
    }

    /// <summary>The blocks of a container.</summary>
    /// <param name="container">The body, a section, a box, a list item.</param>
    /// <param name="level">The level of the heading that it stands under.</param>
    /// <param name="kind">What its paragraphs are.</param>
    /// <param name="lists">How many lists it stands in.</param>
    public void AddBlocks(XElement container, int level, BlockKind kind = BlockKind.Paragraph, int lists = 0)
    {
        foreach (var element in container.Elements())
            switch (element.Name.LocalName)
            {
                case "p":
                    AddParagraph(element, level, kind, lists);
                    break;
                case "sec" or "app" or "boxed-text" or "glossary" or "notes":
                    AddSection(element, level + 1);
                    break;
                case "ack":
                    AddSection(element, level + 1, "Acknowledgments");
                    break;
                case "list":
                    AddBlocks(element, level, BlockKind.ListItem, lists + 1);
                    break;
                case "def-list":
                    AddBlocks(element, level, BlockKind.ListItem, lists + 1);
                    break;
                case "term":
                    Add(element, kind, lists);
                    break;
                case "disp-quote" or "verse-group":
                    AddBlocks(element, level, BlockKind.Quotation);
                    break;
                case "verse-line" or "attrib" or "speaker":
                    Add(element, kind, 0);
                    break;
                case "preformat" or "code":
                    Blocks.Add(new(BlockKind.Code, element.Value));
                    break;
                case "fn":
                    AddBlocks(element, level, BlockKind.Footnote);
                    break;
                case "disp-formula":
                    Add(element, BlockKind.Paragraph, 0);
                    break;
                case "fig" or "table-wrap" or "supplementary-material" or "media":
                    AddFloat(element);
                    break;
                case "ref":
                    Add(element, BlockKind.Furniture, 0);
                    break;
                case "title" or "label" or "object-id" or "sec-meta" or "graphic" or "alternatives" or "sub-article"
                    or "response":
                    break;
                default:
                    AddBlocks(element, level, kind, lists);
                    break;
            }
    }

    /// <summary>The words of an element and what it holds, as a line is read.</summary>
    public static string Inline(XElement element)
    {
        var text = new StringBuilder();
        Inline(element, text);
        return text.ToString();
    }

    /// <summary>
    /// A paragraph may hold lists, quotations and figures: what comes before one is a block of its own.
    /// </summary>
    private void AddParagraph(XElement paragraph, int level, BlockKind kind, int lists)
    {
        var text = new StringBuilder();
        foreach (var node in paragraph.Nodes())
            if (node is XElement
                {
                    Name.LocalName: "list" or "def-list" or "disp-quote" or "disp-formula" or "fig" or "table-wrap"
                or "boxed-text" or "preformat" or "fig-group" or "disp-formula-group" or "supplementary-material"
                } block)
            {
                Flush();
                AddBlocks(new XElement("holder", block), level, kind, lists);
            }
            else if (node is XText words)
                text.Append(words.Value.ReplaceLineEndings(" "));
            else if (node is XElement element)
                InlineElement(element, text);
        Flush();

        void Flush()
        {
            Blocks.Add(new(kind, text.ToString()) { Level = lists });
            text.Clear();
        }
    }

    private void Add(XElement element, BlockKind kind, int level)
        => Blocks.Add(new(kind, Inline(element)) { Level = level });

    /// <summary>A figure or table: its label and caption, the cells, the notes under it.</summary>
    private void AddFloat(XElement box)
    {
        var caption = string.Join(' ',
            new[] { box.Child("label"), box.Child("caption")?.Child("title") }.OfType<XElement>()
            .Concat(box.Child("caption")?.Children("p") ?? []).Select(Inline));
        Blocks.Add(new(BlockKind.Caption, caption));
        foreach (var table in box.Descendants().Where(one => one.Name.LocalName == "table"))
            Blocks.Add(
                TableText.Of(
                    [.. table.Descendants().Where(one => one.Name.LocalName == "tr").Select(row => row.Elements()
                .Select(cell => (List<Block>)[new(BlockKind.Paragraph, Inline(cell))]).ToList())]));
        foreach (var foot in box.Children("table-wrap-foot"))
            AddBlocks(foot, 1, BlockKind.Footnote);
    }

    private static void Inline(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
            if (node is XText words)
                text.Append(words.Value.ReplaceLineEndings(" "));
            else if (node is XElement child)
                InlineElement(child, text);
    }

    private static void InlineElement(XElement element, StringBuilder text)
    {
        switch (element.Name.LocalName)
        {
            case "break":
                text.Append('\n');
                break;
            case "sup" when element.Elements().Any() && element.Elements().All(one => one.Name.LocalName == "xref"):
            case "xref" when element.Value("ref-type") is "fn" or "table-fn" || element.Child("sup") is not null:
            case "tex-math" or "graphic" or "inline-graphic" or "annotation" or "object-id" or "private-char"
                or "index-term" or "fn":
            case "ext-link" when element.Nodes().All(node => node is XText text && text.Value.Length == 0):
                break;
            case "p" or "title" or "label" or "mixed-citation" or "name" or "year" or "source" or "article-title"
                or "surname":
                Inline(element, text);
                text.Append(' ');
                break;
            default:
                Inline(element, text);
                break;
        }
    }
}
