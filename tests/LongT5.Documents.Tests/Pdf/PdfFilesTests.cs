using System.Text;

namespace LongT5.Documents.Tests.Pdf;

/// <summary>What the structure of a file says, beyond what its pages draw.</summary>
public class PdfFilesTests
{
    private const string Label = "BT /F 10 Tf 60 700 Td (Name of the group:) Tj ET";

    [Fact]
    public void The_answers_in_a_form_are_read_beside_their_questions()
    {
        var file = RawPdf.Of(
        [
            .. RawPdf.Page("/AcroForm<</Fields[6 0 R]>>", "/Annots[6 0 R]"), RawPdf.Stream(Label),
            "<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Harbour Street Gardeners)/Rect[160 695 400 712]/P 3 0 R>>",
        ]);
        Assert.Equal("Name of the group: Harbour Street Gardeners", PdfSheets.Read(file).Text);
    }

    [Fact]
    public void Remarks_on_a_page_are_not_its_text()
    {
        var file = RawPdf.Of(
        [
            .. RawPdf.Page(page: "/Annots[6 0 R]"), RawPdf.Stream(Label),
            "<</Type/Annot/Subtype/Text/Contents(A sticky note)/Rect[160 695 180 712]>>",
        ]);
        Assert.Equal("Name of the group:", PdfSheets.Read(file).Text);
    }

    [Fact]
    public void The_text_that_a_file_gives_for_its_glyphs_is_what_is_read()
        => Assert.Equal("office hours", PdfSheets.Read(RawPdf.Of(
        [
            .. RawPdf.Page(),
            RawPdf.Stream("BT /F 10 Tf 60 700 Td /Span<</ActualText(office)>>BDC (oXce) Tj EMC ( hours) Tj ET"),
        ])).Text);

    [Fact]
    public void A_stream_that_unpacks_beyond_measure_is_refused()
        => Refused(RawPdf.Of([.. RawPdf.Page(), RawPdf.Flate(new byte[70 << 20])]), "unpacks to more than 64 MiB");

    [Fact]
    public void Forms_that_draw_each_other_are_refused()
        => Refused(RawPdf.Of(
        [
            .. RawPdf.Page(resources: "/XObject<</A 6 0 R>>"), RawPdf.Stream(Label + " /A Do"),
            RawPdf.Stream("/B Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</B 7 0 R>>>>"),
            RawPdf.Stream("/A Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 6 0 R>>>>"),
        ]), "draws itself in a loop");

    [Fact]
    public void A_page_that_cannot_be_read_is_told_of()
    {
        var file = RawPdf.Of(
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>",
            RawPdf.Page()[2], RawPdf.Page()[3], RawPdf.Stream(Label),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 7 0 R/Resources<<>>>>",
            RawPdf.Flate(new byte[70 << 20]));
        var document = PdfSheets.Read(file);
        Assert.Equal("Name of the group:", document.Text);
        Assert.StartsWith("page 2 is left out, being damaged", Assert.Single(document.Notes));
    }

    [Fact]
    public void A_file_that_is_cut_anywhere_is_read_or_refused()
    {
        var file = RawPdf.Of([.. RawPdf.Page(), RawPdf.Stream(Label)]);
        for (var length = 1; length < file.Length; length += 13)
            try
            {
                PdfSheets.Read(file[..length]);
            }
            catch (BadFileException refusal)
            {
                Assert.StartsWith("a.pdf: ", refusal.Message);
            }
    }

    [Fact]
    public void A_stamp_across_a_page_or_up_its_margin_is_furniture()
    {
        var lines = string.Concat(Enumerable.Range(0, 6)
            .Select(i => $"BT /F 10 Tf 80 {700 - 12 * i} Td (A line of the paper that a stamp stands beside) Tj ET "));
        var document = PdfSheets.Read(RawPdf.Of(
        [
            .. RawPdf.Page(), RawPdf.Stream(lines + "BT /F 20 Tf 0 1 -1 0 30 300 Tm (arXiv:2108.1) Tj ET BT /F 60 Tf "
                + ".7 .7 -.7 .7 100 300 Tm (SPECIMEN) Tj ET"),
        ]));
        Assert.DoesNotContain("arXiv", document.Text);
        Assert.DoesNotContain("SPECIMEN", document.Text);
        Assert.Equal(2, document.Blocks.Count(block => block.Kind == BlockKind.Furniture));
    }

    [Fact]
    public void A_table_that_stands_sideways_is_read()
        => Assert.Equal("Ratio | Value | Year\nCurrent | 1.84 | 2021\nQuick | 0.97 | 2022", PdfSheets.Read(RawPdf.Of(
        [
            .. RawPdf.Page(), RawPdf.Stream(string.Concat(
                from row in Enumerable.Range(0, 3)
                from cell in Enumerable.Range(0, 3)
                let text = new[] { "Ratio Value Year", "Current 1.84 2021", "Quick 0.97 2022" }[row].Split(' ')[cell]
                select $"BT /F 10 Tf 0 1 -1 0 {300 + 14 * row} {100 + 90 * cell} Tm ({text}) Tj ET ")),
        ])).Text);

    private static void Refused(byte[] file, string because)
    {
        var refusal = Assert.Throws<BadFileException>(() => PdfSheets.Read(file));
        Assert.Contains(because, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
