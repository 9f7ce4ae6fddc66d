namespace LongT5.Documents.Tests.Books;

public class EpubReaderTests
{
    [Fact]
    public void Chapters_are_read_in_the_order_of_the_spine()
    {
        var document = Made.Read(Made.Epub(["b c.xhtml", "a.xhtml"],
            ("OPS/a.xhtml", Made.Chapter("<h1>Two</h1><p>second&#x2014;here</p>")),
            ("OPS/b c.xhtml", Made.Chapter("<h1>One</h1><p>first</p>"))));
        Assert.Equal("One\n\nfirst\n\nTwo\n\nsecond—here", document.Text);
        Assert.Equal(("The book", "en"), (document.Title, document.Language));
    }

    [Fact]
    public void Named_entities_page_numbers_and_notes_are_understood()
        => Assert.Equal(
            ["Paragraph: l’été ends", "Footnote: The note."],
            Made.Outline(Made.Read(Made.Epub(["a.xhtml"], ("OPS/a.xhtml", Made.Chapter(
                "<p>l&rsquo;&eacute;t&eacute;<span epub:type='pagebreak'>17</span> ends<a epub:type='noteref' "
                    + "href='#n'>1</a></p>"
                + "<aside epub:type='footnote' id='n'><p>The note.</p></aside><nav><ol><li>Contents</li></ol></nav>"))))));

    [Fact]
    public void A_chapter_that_is_repeated_is_read_once_and_one_that_is_missing_is_said()
    {
        var document = Made.Read(Made.Epub(["a.xhtml", "a.xhtml", "b.xhtml", "../../etc/passwd"],
            ("OPS/a.xhtml", Made.Chapter("<p>once</p>"))));
        Assert.Equal("once", document.Text);
        Assert.Equal(2, document.Notes.Count);
    }

    [Fact]
    public void A_locked_book_is_said()
        => Assert.Contains("DRM", Assert.Throws<BadFileException>(() => Made.Read(Made.Epub(["a.xhtml"],
            ("META-INF/encryption.xml", "<e><EncryptedData><CipherReference URI='OPS/a.xhtml'/></EncryptedData></e>"),
            ("OPS/a.xhtml", "noise")))).Message);
}
