namespace LongT5.Documents.Tests.Web;

public class MarkdownReaderTests
{
    private static Document Read(string text) => Made.Read(text, "a.md");

    [Fact]
    public void Marks_are_gone_and_what_they_meant_is_kept()
        => Assert.Equal(
            ["Heading1: Head", "Paragraph: Some bold and linked words.", "ListItem1: one", "Quotation: said",
                "Code: x = *y*", "Table: a | b\n1 | 2", "Footnote: The note."],
            Made.Outline(Read("# Head\n\nSome **bold** and [linked](http://x.y) words.[^1]\n<!-- secret -->\n\n- [x] "
                + "one\n\n> said\n\n```js\nx = *y*\n```\n\n"
                + "| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: The note.\n")));

    [Theory]
    [InlineData("---\ntitle: \"What it is\"\ntags: [secret]\n---\n\n[[_TOC_]]\n\nText.\n")]
    [InlineData("+++\r\ntitle = 'What it is'\r\n+++\r\nText.\r\n")]
    public void Front_matter_gives_the_title_and_is_not_read(string text)
    {
        var document = Read(text);
        Assert.Equal("Text.", document.Text);
        Assert.Equal("What it is", document.Title);
    }

    [Fact]
    public void Containers_alerts_and_attributes_are_no_words()
        => Assert.Equal(
            ["Heading1: Head", "Paragraph: inside", "Paragraph: Note", "Paragraph: mind the step"],
            Made.Outline(Read("# Head {#head .big}\n\n::: warning\ninside\n:::\n\n> [!NOTE]\n> mind the step\n")));

    [Fact]
    public void Nesting_without_end_is_read_or_refused_in_a_sentence()
    {
        foreach (var mark in new[] { ">", "[", "*a ", "- " })
            try
            {
                Assert.Contains("word", Read(string.Concat(Enumerable.Repeat(mark, 30_000)) + "word").Text);
            }
            catch (BadFileException exception)
            {
                Assert.Contains("nested too deeply", exception.Message);
            }
    }
}
