namespace LongT5.Documents.Tests.Office;

public class PptxReaderTests
{
    private static string Shape(string text, string? placeholder = null, string properties = "")
        => $"<p:sp><p:nvSpPr><p:cNvPr/><p:nvPr>{(placeholder is null ? "" : $"<p:ph type='{placeholder}'/>")}</p:nvPr></p:nvSpPr><p:txBody>{Line(text, properties)}</p:txBody></p:sp>";

    private static string Line(string text, string properties = "")
        => $"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>";

    private static string Tree(string shapes) => $"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>";

    private static Document Read(params (string Name, string Content)[] slides)
        => Made.Read(Made.Zip(
        [
            ("_rels/.rels", Made.Relations(("officeDocument", "ppt/presentation.xml"))),
            ("ppt/presentation.xml", $"<p:presentation xmlns:p='urn:p' xmlns:r='urn:r'><p:sldIdLst>{string.Concat(slides
                .Where(slide => slide.Name.StartsWith("slide", StringComparison.Ordinal)).Select((_, i) =>
                    $"<p:sldId id='9' r:id='r{i}'/>"))}</p:sldIdLst></p:presentation>"),
            ("ppt/_rels/presentation.xml.rels", Made.Relations([.. slides.Select(slide => ("slide", slide.Name))])),
            .. slides.Select(slide => ($"ppt/{slide.Name}", slide.Content)),
        ]));

    private static string Slide(string shapes, string attributes = "")
        => $"<p:sld xmlns:p='urn:p' xmlns:a='urn:a' {attributes}>{Tree(shapes)}</p:sld>";

    [Fact]
    public void A_slide_begins_with_its_title_and_repeats_nothing_of_its_layout()
    {
        var document = Read(
            ("slide7.xml",
                Slide(Shape("foot", "ftr") + Shape("3", "sldNum") + Shape("point", "body")
                    + Shape("The title", "title"))),
            ("slide1.xml", Slide(Shape("never", "title"), "show='0'")),
            ("slide2.xml", Slide($"<p:grpSp>{Shape("grouped")}</p:grpSp>")));
        Assert.Equal(["Heading1: The title", "ListItem1: point", "Paragraph: grouped"], Made.Outline(document));
        Assert.Equal([1, 1, 3], document.Blocks.Select(block => block.Page ?? 0));
        Assert.Equal(3, document.Pages);
        Assert.Equal("The title", document.Title);
        Assert.Contains("hidden", Assert.Single(document.Notes));
    }

    [Fact]
    public void Notes_of_the_speaker_and_tables_are_read()
    {
        var table =
            $"<p:graphicFrame><p:nvGraphicFramePr/><a:graphic><a:graphicData><a:tbl><a:tr>{Cell("left")}{Cell("right")}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";
        var document = Read(
            ("slide1.xml", Slide(Shape("Sum", "ctrTitle") + table)),
            ("_rels/slide1.xml.rels", Made.Relations(("notesSlide", "notes.xml"))),
            ("notes.xml", $"<p:notes xmlns:p='urn:p' "
                + $"xmlns:a='urn:a'>{Tree(Shape("picture of the slide", "sldImg") + Shape("say this", "body"))}</p:notes>"));
        Assert.Equal(["Heading1: Sum", "Table: left | right", "Footnote: say this"], Made.Outline(document));

        static string Cell(string text) => $"<a:tc><a:txBody>{Line(text)}</a:txBody></a:tc>";
    }
}
