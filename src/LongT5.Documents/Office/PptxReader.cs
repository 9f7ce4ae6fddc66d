using System.Globalization;
using System.Xml.Linq;
using LongT5.Documents.Zip;

namespace LongT5.Documents.Office;

/// <summary>PowerPoint presentations (ECMA-376, PresentationML): each slide a section, its notes behind it.</summary>
/// <remarks>Hidden slides, comments, and what a layout repeats (date, foot, number) are no part of the text.</remarks>
static class PptxReader
{
    public static Document Read(Source source)
    {
        using var package = new Package(source);
        var main = OfficeRelations.MainDocument(package)
            ?? throw source.Bad("it names no main part: it is no sound presentation");
        var parts = OfficeRelations.Of(package, main).ToLookup(one => one.Id);
        var slides = package.Xml(main).Child("sldIdLst")?.Children("sldId") ?? [];
        var blocks = new List<Block>();
        var page = 0;
        var hidden = 0;
        foreach (var slide in slides)
        {
            page++;
            var id = slide.Attributes()
                .FirstOrDefault(one => one.Name is { LocalName: "id", NamespaceName.Length: > 0 })?.Value ?? "";
            if (parts[id].FirstOrDefault() is not { } part) continue;
            var root = package.Xml(part.Target);
            if (root.Value("show") is "0" or "false") hidden++;
            else blocks.AddRange(Slide(package, part.Target, root).Select(block => block with { Page = page }));
        }
        return new(DocumentFormat.Pptx, blocks)
        {
            Title = DocxReader.CoreTitle(package)
                ?? blocks.FirstOrDefault(block => block.Kind == BlockKind.Heading)?.Text,
            Pages = page,
            Notes = hidden > 0 ? [$"{hidden} hidden slides of it are left out."] : [],
        };
    }

    private static IEnumerable<Block> Slide(Package package, string part, XElement root)
    {
        var shapes = root.Child("cSld")?.Child("spTree") is { } tree ? Shapes(tree).ToList() : [];
        var relations = OfficeRelations.Of(package, part);
        // In the file a title may stand anywhere; the audience reads it first.
        foreach (var shape in shapes.OrderBy(shape => IsTitle(shape) ? 0 : 1))
            foreach (var block in Blocks(shape))
                yield return block;
        foreach (var diagram in relations.Where(one => one.Kind == "diagramData"))
            foreach (var point in package.Xml(diagram.Target).Descendants().Where(one => one.Name.LocalName == "pt"))
                if (point.Child("t") is { } text)
                    foreach (var paragraph in text.Children("p"))
                        yield return new(BlockKind.ListItem, Text(paragraph)) { Level = 1 };
        foreach (var notes in relations.Where(one => one.Kind == "notesSlide"))
            foreach (var shape in Shapes(package.Xml(notes.Target)).Where(shape => Placeholder(shape) == "body"))
                foreach (var paragraph in shape.Child("txBody")?.Children("p") ?? [])
                    yield return new(BlockKind.Footnote, Text(paragraph));
    }

    /// <summary>Every shape, those of groups too, without what the layout repeats.</summary>
    private static IEnumerable<XElement> Shapes(XElement tree)
        => tree.Shown().SelectMany(shape => shape.Name.LocalName switch
        {
            "sp" or "graphicFrame" => IsHidden(shape) || Placeholder(shape) is "dt" or "ftr" or "sldNum" or "hdr"
                ? [] : [shape],
            "grpSp" => IsHidden(shape) ? [] : Shapes(shape),
            "cSld" or "spTree" or "AlternateContent" => Shapes(shape),
            _ => [],
        });

    private static IEnumerable<Block> Blocks(XElement shape)
    {
        if (shape.Child("graphic")?.Child("graphicData")?.Child("tbl") is { } table)
        {
            yield return TableText.Of([.. table.Children("tr").Select(row => row.Children("tc")
                .Select(cell => (cell.Child("txBody")?.Children("p") ?? []).Select(
                    p => new Block(BlockKind.Paragraph, Text(p))).ToList())
                .ToList())]);
            yield break;
        }
        var isList = Placeholder(shape) is "body" or "obj" or "";
        foreach (var paragraph in shape.Child("txBody")?.Children("p") ?? [])
        {
            var properties = paragraph.Child("pPr");
            var level = int.TryParse(properties?.Value("lvl"), CultureInfo.InvariantCulture, out var said)
                ? said + 1 : 1;
            var isItem = isList
                ? properties?.Child("buNone") is null
                : (properties?.Child("buChar") ?? properties?.Child("buAutoNum")) is not null;
            yield return IsTitle(shape) ? new(BlockKind.Heading, Text(paragraph).Replace('\n', ' ')) { Level = 1 }
                : isItem ? new(BlockKind.ListItem, Text(paragraph)) { Level = level }
                : new(BlockKind.Paragraph, Text(paragraph));
        }
    }

    /// <summary>
    /// What a shape holds the place of; "" for a placeholder without a word, null for a shape of its own.
    /// </summary>
    private static string? Placeholder(XElement shape)
        => Properties(shape)?.Child("nvPr")?.Child("ph") is { } placeholder ? placeholder.Value("type") ?? "" : null;

    private static bool IsTitle(XElement shape) => Placeholder(shape) is "title" or "ctrTitle";

    private static bool IsHidden(XElement shape) => Properties(shape)?.Child("cNvPr")?.Value("hidden") is "1" or "true";

    private static XElement? Properties(XElement shape)
        => shape.Child("nvSpPr") ?? shape.Child("nvGraphicFramePr") ?? shape.Child("nvGrpSpPr");

    private static string Text(XElement paragraph)
        => string.Concat(paragraph.Shown().SelectMany(run => run.Name.LocalName switch
        {
            "r" or "fld" => run.Children("t").Select(text => text.Value),
            "br" => ["\n"],
            "AlternateContent" => [.. run.Shown().Select(Text)],
            "m" => run.Descendants().Where(one => one.Name.LocalName == "t").Select(text => text.Value),
            _ => [],
        }));
}
