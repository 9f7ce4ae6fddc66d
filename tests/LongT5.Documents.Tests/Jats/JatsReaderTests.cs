namespace LongT5.Documents.Tests.Jats;

public class JatsReaderTests
{
    private static Document Read(string body, string front = "") => Made.Read($"""
        <?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "journal.dtd">
        <article xml:lang="en"><front><journal-meta><issn>1</issn></journal-meta><article-meta><title-group><article-title>The <italic>title</italic></article-title>
        </title-group>{front}</article-meta></front><body>{body}</body><back><ack><p>thanks</p></ack><ref-list><ref><mixed-citation>A book</mixed-citation></ref></ref-list></back></article>
        """);

    [Fact]
    public void An_article_is_read_in_order_with_its_captions()
        => Assert.Equal(
            [
                "Heading1: The title", "Heading2: Abstract", "Paragraph: short", "Heading2: Intro",
                "Paragraph: word, and (Smith, 2010) too", "ListItem1: item", "Heading3: Inner",
                "Caption: Figure 1. What it shows", "Table: a | b", "Heading2: Acknowledgments", "Paragraph: thanks",
                "Furniture: A book",
            ],
            Made.Outline(Read(
                "<sec><title>Intro</title><p>word<sup><xref>1</xref></sup>, and (<xref ref-type='bibr'>Smith, "
                    + "2010</xref>) too<list><list-item><p>item</p></list-item></list></p>"
                + "<sec><title>Inner</title><fig><label>Figure 1.</label><caption><p>What it "
                + "shows</p></caption><graphic href='x'/></fig>"
                + "<table-wrap><table><tr><td>a</td><td>b</td></tr></table></table-wrap></sec></sec>",
                "<abstract><p>short</p></abstract><article-id>12345</article-id>")));

    [Fact]
    public void Letters_by_name_are_read_and_entities_of_its_own_are_an_error()
    {
        Assert.Contains("é – x", Read("<p>&eacute;&nbsp;&ndash; x</p>").Text);
        Assert.Contains("entity", Assert.Throws<BadFileException>(() => Read("<p>&mine;</p>")).Message);
    }

    [Fact]
    public void Sections_inside_each_other_without_end_are_an_error()
        => Assert.Contains("deep",
            Assert.Throws<BadFileException>(() => Read(string.Concat(Enumerable.Repeat("<sec>", 5000)))).Message);
}
