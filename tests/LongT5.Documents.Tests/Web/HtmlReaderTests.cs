using System.Text;

namespace LongT5.Documents.Tests.Web;

public class HtmlReaderTests
{
    private static readonly string Sentence = string.Join(' ',
        Enumerable.Repeat("The harbour was full of ships, and the wind stood still, as people say.", 4));

    private static string[] Outline(string body)
        => Made.Outline(Made.Read($"<!doctype html><html lang='en'><title>T</title><body>{body}</body></html>"));

    [Fact]
    public void What_a_browser_does_not_show_is_left_out()
        => Assert.Equal(
            ["Paragraph: seen"],
            Outline("<p>s<span style='display:none'>x</span>e<script>x</script>e<!-- x --><span "
                + "hidden>x</span>n</p><template><p>x</p></template>"
                + "<p style='visibility: hidden'>x</p><select><option>x</option></select><noscript>x</noscript><p "
                + "aria-hidden='true'>x</p>"));

    [Fact]
    public void Blocks_have_the_kinds_of_their_elements()
        => Assert.Equal(
            [
                "Heading1: One", "Paragraph: a b", "ListItem1: item", "ListItem2: inner", "Quotation: words",
                "Code: x\n    y", "Caption: under it",
                "Table: a | b\nc | d",
            ],
            Outline(
                "<h1>One</h1><p>a\n b<ul><li>item<ul><li>inner</ul></ul><blockquote><p>words</blockquote><pre>x\n    "
                    + "y</pre>"
                + "<figure><img alt='x'><figcaption>under "
                + "it</figcaption></figure><table><tr><th>a<th>b<tr><td>c<td>d</table>"));

    [Fact]
    public void Two_breaks_part_paragraphs_and_one_parts_lines()
        => Assert.Equal(["Paragraph: a\nb", "Paragraph: c"], Outline("a<br>b<br> <br>c"));

    [Fact]
    public void Marks_of_notes_and_of_places_are_no_words()
        => Assert.Equal(
            ["Heading2: Head", "Paragraph: word, and 10 km2"],
            Outline("<h2>Head<a href='#head'>¶</a></h2><p>word<sup><a href='#fn1'>[1]</a></sup>, and "
                + "10&nbsp;km<sup>2</sup><a href='#back'>↩</a></p>"));

    [Fact]
    public void The_frame_of_a_page_is_left_out()
    {
        var document = Made.Read($"""
            <!doctype html><html><title>T</title><body><div id="top-menu"><a href="/a">Home</a> <a href="/b">All news</a></div>
            <article><h1>The harbour</h1><p>{Sentence}</p><p>{Sentence}</p><div class="ad-slot"><p>Buy this</p></div><h2>Ships</h2><p>{Sentence}</p>
            <div class="share">Share</div></article><div class="cookie-banner"><p>Accept all cookies</p></div><footer>All rights reserved</footer></body></html>
            """);
        Assert.Equal(["Heading1: The harbour", "Heading2: Ships"], Made.Outline(document)
            .Where(line => line.StartsWith('H')));
        Assert.DoesNotMatch("Home|news|Buy|Share|cookies|rights", document.Text);
        Assert.Equal(3, document.Blocks.Count(block => block.Text == Sentence));
        Assert.Empty(document.Notes);
    }

    [Fact]
    public void Names_that_page_builders_give_to_every_part_are_no_frame()
    {
        var part = $"<div class='elementor-widget elementor-widget-text'><p>{Sentence}</p></div>";
        var document = Made.Read($"<!doctype html><html><body>{string.Concat(Enumerable.Repeat(part, 4))}<div "
            + $"class='widget-area'><p>Blogroll</p></div></body></html>");
        Assert.Equal(4, document.Blocks.Count(block => block.Text == Sentence));
        Assert.DoesNotContain("Blogroll", document.Text);
    }

    [Fact]
    public void A_page_without_an_article_is_read_whole_and_it_is_said()
    {
        var document = Made.Read("<html><body><p>Only a line.</p></body></html>");
        Assert.Equal("Only a line.", document.Text);
        Assert.Contains("no article was found", Assert.Single(document.Notes));
    }

    [Theory]
    [InlineData("shift_jis", "<meta charset='shift_jis'>", "人権")]
    [InlineData("windows-1252", "", "naïve – “so”")]
    [InlineData("windows-1251", "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>",
        "права человека")]
    [InlineData("utf-8", "<meta charset='windows-1252'>", "plain")]
    [InlineData("iso-8859-1", "<meta charset='utf-8'>", "café")]
    [InlineData("utf-16", "", "日本 naïve")]
    public void Encodings_are_told_by_declaration_and_by_looks(string encoding, string meta, string words)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Assert.Equal(words,
            Made.Read(Encoding.GetEncoding(encoding).GetBytes($"<html>{meta}<body><p>{words}</p></body></html>")).Text);
    }

    [Fact]
    public void Xhtml_with_empty_elements_and_entities_from_outside_is_read_as_it_was_meant()
        => Assert.Equal("before after & &x; end", Made.Read("""
            <?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>
            <html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>
            <body><p>before <a id="x"/>after <![CDATA[&]]> &x; end</p></body></html>
            """).Text);

    [Theory]
    [InlineData("<div>", 100_000)]
    [InlineData("<b><i>", 50_000)]
    [InlineData("<p a=1 ", 5_000)]
    public void Nesting_without_end_is_read_or_refused_in_a_sentence(string opening, int times)
    {
        try
        {
            Assert.Contains("word",
                Made.Read($"<html><body>{string.Concat(Enumerable.Repeat(opening, times))}>word").Text);
        }
        catch (BadFileException exception)
        {
            Assert.Contains("nested too deeply", exception.Message);
        }
    }

    [Fact]
    public void Lines_of_Chinese_and_Japanese_are_joined_without_a_blank()
        => Assert.Equal(["Paragraph: 人類社会のすべて"], Outline("<p>人類社会の\nすべて</p>"));
}
