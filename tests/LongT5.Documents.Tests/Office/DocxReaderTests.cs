namespace LongT5.Documents.Tests.Office;

public class DocxReaderTests
{
    private const string Styles = """
        <w:style w:styleId='Titel'><w:name w:val='Title'/></w:style>
        <w:style w:styleId='berschrift2'><w:name w:val='heading 2'/></w:style>
        <w:style w:styleId='Eigen'><w:name w:val='My own'/><w:basedOn w:val='berschrift2'/></w:style>
        <w:style w:styleId='Verzeichnis1'><w:name w:val='toc 1'/></w:style>
        <w:style w:styleId='Kreis'><w:name w:val='circle'/><w:basedOn w:val='Kreis'/></w:style>
        <w:style w:styleId='Geheim'><w:name w:val='secret'/><w:rPr><w:vanish/></w:rPr></w:style>
        """;

    private static Document Read(string body, params (string Kind, string Content)[] parts)
        => Made.Read(Made.Docx(body, [("styles", Styles), .. parts]));

    private static string Paragraph(string runs, string properties = "")
        => $"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>";

    private static string Run(string text, string properties = "")
        => $"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>";

    [Fact]
    public void Words_that_are_split_into_runs_are_whole()
        => Assert.Equal("standards",
            Read(Paragraph(Run("stand") + "<w:proofErr/>" + Run("ar") + "<w:smartTag>" + Run("ds")
                + "</w:smartTag>")).Text);

    [Fact]
    public void Tracked_changes_count_as_accepted()
        => Assert.Equal("kept new moved here", Read(Paragraph(
            Run("kept ") + $"<w:ins>{Run("new")}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>"
            + $"<w:moveFrom>{Run("moved away")}</w:moveFrom>" + $"<w:moveTo>{Run(" moved here")}</w:moveTo>")).Text);

    [Fact]
    public void A_deleted_paragraph_mark_joins_two_paragraphs()
        => Assert.Equal("one two",
            Read(Paragraph(Run("one "), "<w:rPr><w:del/></w:rPr>") + Paragraph(Run("two"))).Text);

    [Fact]
    public void A_drop_cap_belongs_to_its_word()
        => Assert.Equal("Once upon",
            Read(Paragraph(Run("O"), "<w:framePr w:dropCap='drop'/>") + Paragraph(Run("nce upon"))).Text);

    [Fact]
    public void Headings_are_known_by_the_name_of_their_style_in_any_language()
    {
        var document = Read(Paragraph(Run("All"), "<w:pStyle w:val='Titel'/>")
            + Paragraph(Run("Part"), "<w:pStyle w:val='Eigen'/>")
            + Paragraph(Run("Deep"), "<w:outlineLvl w:val='4'/>")
            + Paragraph(Run("text"), "<w:pStyle w:val='Kreis'/>"));
        Assert.Equal(["Heading1: All", "Heading2: Part", "Heading5: Deep", "Paragraph: text"], Made.Outline(document));
        Assert.Equal("All", document.Title);
    }

    [Fact]
    public void Hidden_text_is_left_out()
        => Assert.Equal("seen",
            Read(Paragraph(Run("hidden", "<w:vanish/>") + Run("seen", "<w:vanish w:val='0'/>")
                + Run("x", "<w:rStyle w:val='Geheim'/>"))
            + Paragraph(Run("y"), "<w:pStyle w:val='Geheim'/>")).Text);

    [Fact]
    public void The_result_of_a_field_is_read_and_its_code_is_not()
        => Assert.Equal("see 7",
            Read(Paragraph(Run("see ") + Field("begin") + "<w:r><w:instrText> PAGEREF x </w:instrText></w:r>"
            + Field("separate") + Run("7") + Field("end"))).Text);

    [Fact]
    public void A_table_of_contents_is_left_out_as_a_field_as_a_style_and_as_a_control()
        => Assert.Equal("text", Read(
            Paragraph(Field("begin") + "<w:r><w:instrText> TOC \\o </w:instrText></w:r>" + Field("separate")
                + Run("One 1"))
            + Paragraph(Run("Two 2") + Field("end"))
            + Paragraph(Run("Three 3"), "<w:pStyle w:val='Verzeichnis1'/>")
            + $"<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of "
            + $"Contents'/></w:docPartObj></w:sdtPr>{Paragraph(Run("Four"))}</w:sdt>"
            + Paragraph(Run("text"))).Text);

    [Fact]
    public void A_text_box_is_read_once_behind_its_paragraph()
        => Assert.Equal("around\n\nin the box", Read(Paragraph(Run("around") + $"""
            <w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{Paragraph(Run("in the box"))}</w:txbxContent></mc:Choice>
            <mc:Fallback><v:textbox><w:txbxContent>{Paragraph(Run("in the box"))}</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r>
            """)).Text);

    [Fact]
    public void Notes_come_at_the_end_and_heads_are_furniture()
    {
        var document = Read(
            Paragraph(Run("text") + "<w:r><w:footnoteReference w:id='2'/></w:r>") + Paragraph(Run("more")),
            ("footnotes", $"<w:footnote w:id='0' w:type='separator'/><w:footnote "
                + $"w:id='2'>{Paragraph("<w:r><w:footnoteRef/></w:r>" + Run("the note"))}</w:footnote>"),
            ("header", Paragraph(Run("every page"))));
        Assert.Equal(["Paragraph: text", "Paragraph: more", "Footnote: the note", "Furniture: every page"],
            Made.Outline(document));
        Assert.Equal("text\n\nmore\n\nthe note", document.Text);
    }

    [Fact]
    public void A_table_is_a_line_a_row_and_what_only_places_text_is_none()
    {
        static string Cell(string content) => $"<w:tc>{content}</w:tc>";
        static string Table(params string[] rows) => $"<w:tbl><w:tblPr/>{string.Concat(rows.Select(row =>
            $"<w:tr>{row}</w:tr>"))}</w:tbl>";
        var nested = Table(Cell(Paragraph(Run("in"))) + Cell(Paragraph(Run("side"))));
        Assert.Equal(["Table: a | b\nin | side | d"], Made.Outline(Read(
            Table(Cell(Paragraph(Run("a"))) + Cell(Paragraph(Run("b"))), Cell(nested) + Cell(Paragraph(Run("d")))))));
        Assert.Equal(["Heading2: Box", "Paragraph: words"], Made.Outline(Read(
            Table(Cell(Paragraph(Run("Box"), "<w:pStyle w:val='berschrift2'/>") + Paragraph(Run("words")))))));
    }

    [Fact]
    public void A_list_is_known_by_its_numbering()
        => Assert.Equal(["ListItem2: item", "Paragraph: none"], Made.Outline(Read(
            Paragraph(Run("item"), "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='3'/></w:numPr>")
                + Paragraph(Run("none"), "<w:numPr><w:numId w:val='0'/></w:numPr>"))));

    [Fact]
    public void Breaks_hyphens_and_tabs_are_characters()
        => Assert.Equal("well-known co\nop x", Read(Paragraph(
            Run("well") + "<w:r><w:noBreakHyphen/></w:r>" + Run("known") + "<w:r><w:tab/></w:r>" + Run("co")
                + "<w:r><w:softHyphen/><w:br/></w:r>"
            + Run("op") + "<w:r><w:ptab/></w:r>" + Run("x"))).Text);

    private static string Field(string type) => $"<w:r><w:fldChar w:fldCharType='{type}'/></w:r>";
}
