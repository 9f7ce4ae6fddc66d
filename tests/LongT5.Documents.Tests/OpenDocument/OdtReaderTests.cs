namespace LongT5.Documents.Tests.OpenDocument;

public class OdtReaderTests
{
    private static string[] Outline(string body, string styles = "") => Made.Outline(Made.Read(Made.Odt(body, styles)));

    [Fact]
    public void Blanks_tabs_and_line_breaks_are_elements()
        => Assert.Equal(["Paragraph: a b c\nd"],
            Outline("<t:p>a<t:s t:c='2000000000'/>b<t:tab/>c<t:line-break/>d</t:p>"));

    [Fact]
    public void Headings_have_levels_and_styles_lead_to_named_ones()
        => Assert.Equal(
            ["Heading3: H", "Heading1: T", "Quotation: Q", "Paragraph: P"],
            Outline(
                "<t:h t:outline-level='3'>H</t:h><t:p t:style-name='P1'>T</t:p><t:p t:style-name='P2'>Q</t:p><t:p "
                    + "t:style-name='P3'>P</t:p>",
                "<s:style s:name='P1' s:family='paragraph' s:parent-style-name='Title'/><s:style s:name='P2' "
                    + "s:family='paragraph' s:parent-style-name='Quotations'/>"
                + "<s:style s:name='P3' s:family='paragraph' s:parent-style-name='P3'/>"));

    [Fact]
    public void Notes_come_at_the_end_and_their_numbers_are_left_out()
        => Assert.Equal(
            ["Paragraph: before after", "Footnote: the note"],
            Outline("<t:p>before<t:note><t:note-citation>1</t:note-citation><t:note-body><t:p>the "
                + "note</t:p></t:note-body></t:note> after</t:p>"));

    [Fact]
    public void Deleted_and_hidden_text_annotations_and_indexes_are_left_out()
        => Assert.Equal(
            ["Paragraph: seen"],
            Outline(
                "<t:tracked-changes><t:p>deleted</t:p></t:tracked-changes><t:table-of-content><t:p>contents "
                    + "1</t:p></t:table-of-content>"
                + "<t:section t:display='none'><t:p>secret</t:p></t:section>"
                + "<t:p>se<o:annotation><t:p>remark</t:p></o:annotation><t:span "
                + "t:style-name='T1'>hidden</t:span>en</t:p>",
                "<s:style s:name='T1' s:family='text'><s:text-properties t:display='none'/></s:style>"));

    [Fact]
    public void Lists_nest_and_frames_stand_behind_their_paragraph()
        => Assert.Equal(
            ["ListItem1: a", "ListItem2: b", "Paragraph: p", "Paragraph: box"],
            Outline(
                "<t:list><t:list-item><t:p>a</t:p><t:list><t:list-item><t:p>b</t:p></t:list-item></t:list></t:list-item></t:list>"
                + "<t:p>p<d:frame><d:text-box><t:p>box</t:p></d:text-box></d:frame></t:p>"));

    [Fact]
    public void Cells_that_repeat_without_end_are_read_a_few_times()
    {
        var document = Made.Read(Made.Odt("<tb:table><tb:table-row "
            + "tb:number-rows-repeated='1000000000'><tb:table-cell "
            + "tb:number-columns-repeated='17000000000'><t:p>x</t:p>"
            + "</tb:table-cell><tb:table-cell tb:number-columns-repeated='9999'/></tb:table-row></tb:table>"));
        Assert.InRange(document.Text.Count(c => c == 'x'), 2, 10_000);
    }

    [Fact]
    public void An_encrypted_document_is_said()
        => Assert.Contains("password", Assert.Throws<BadFileException>(() => Made.Read(Made.Zip(
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            ("META-INF/manifest.xml",
                "<m:manifest xmlns:m='urn:m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"),
            ("content.xml", "garbage")))).Message);
}
