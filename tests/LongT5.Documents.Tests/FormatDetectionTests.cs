using System.Text;

namespace LongT5.Documents.Tests;

public class FormatDetectionTests
{
    private static DocumentFormat Of(string text, string name = "a.bin")
        => FormatDetection.Of(new Source(name, Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("%PDF-1.7", DocumentFormat.Pdf)]
    [InlineData("junk\n%PDF-1.7", DocumentFormat.Pdf)]
    [InlineData("{\\rtf1\\ansi x}", DocumentFormat.Rtf)]
    [InlineData("\uFEFFWEBVTT\n\n", DocumentFormat.WebVtt)]
    [InlineData("1\n00:00:01,000 --> 00:00:02,000\nx", DocumentFormat.SubRip)]
    [InlineData("\n<!-- x --><!DOCTYPE html><html>", DocumentFormat.Html)]
    [InlineData("<p>words", DocumentFormat.Html)]
    [InlineData("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", DocumentFormat.Html)]
    [InlineData("<?xml version='1.0'?><!DOCTYPE article [<!ENTITY a '>'>]><article>", DocumentFormat.Jats)]
    [InlineData("Received: from x\nFrom: a@b.c\nSubject: x\n\nwords", DocumentFormat.Email)]
    [InlineData("% comment\n\\documentclass{article}", DocumentFormat.Latex)]
    [InlineData("# Head\n\nwith [a link](http://x.y)", DocumentFormat.Markdown)]
    [InlineData("Just words.", DocumentFormat.PlainText)]
    [InlineData("FROM: the office\nDATE: 3 May\n\nA memo.", DocumentFormat.PlainText)]
    [InlineData("<Ann> hello\n<Bob> hello", DocumentFormat.PlainText)]
    [InlineData("# a comment\necho **", DocumentFormat.PlainText)]
    [InlineData("The article <front> is here.", DocumentFormat.PlainText)]
    public void A_format_is_known_by_its_bytes(string text, DocumentFormat expected)
        => Assert.Equal(expected, Of(text));

    [Theory]
    [InlineData("a.md", DocumentFormat.Markdown)]
    [InlineData("a.tex", DocumentFormat.Latex)]
    [InlineData("a.txt", DocumentFormat.PlainText)]
    [InlineData("a.pdf", DocumentFormat.PlainText)]
    public void The_name_tells_kinds_of_plain_text_apart(string name, DocumentFormat expected)
        => Assert.Equal(expected, Of("Just words.", name));

    [Fact]
    public void A_zip_archive_is_known_by_what_is_in_it()
    {
        Assert.Equal(DocumentFormat.Docx, FormatDetection.Of(new("a", Made.Docx("<w:p/>"))));
        Assert.Equal(DocumentFormat.Odt, FormatDetection.Of(new("a", Made.Odt(""))));
        Assert.Equal(DocumentFormat.Epub, FormatDetection.Of(new("a", Made.Epub([]))));
    }

    [Theory]
    [InlineData("\u00D0\u00CF\u0011\u00E0 old", "old Office")]
    [InlineData("\u00D0\u00CF\u0011\u00E0 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", "password")]
    [InlineData("\u0089PNG", "a picture (PNG)")]
    [InlineData("PK\u0003\u0004 cut", "damaged or cut-off")]
    [InlineData("<?xml version='1.0'?><svg>", "<svg>")]
    [InlineData("", "is empty")]
    public void What_is_no_document_is_named(string bytes, string expected)
        => Assert.Contains(expected,
            Assert.Throws<BadFileException>(
                () => FormatDetection.Of(new("a", Encoding.Latin1.GetBytes(bytes)))).Message);

    [Fact]
    public void A_zip_archive_without_a_document_is_named()
    {
        Assert.Contains("without a document", Refused(Made.Zip(("a.txt", "x"))));
        Assert.Contains("spreadsheet", Refused(Made.Zip(("xl/workbook.xml", "<x/>"))));
        Assert.Contains("another kind",
            Refused(Made.Zip(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"))));

        static string Refused(byte[] bytes)
            => Assert.Throws<BadFileException>(() => FormatDetection.Of(new("a", bytes))).Message;
    }
}
