using System.Text;

namespace LongT5.Documents.Tests.Mail;

public class MailReaderTests
{
    private const string Head = "From: Ann <ann@x.org>\r\nTo: Bob <bob@x.org>\r\nDate: Mon, 30 Nov 2026 08:00:00 "
        + "+0000\r\nMIME-Version: 1.0\r\n";

    [Fact]
    public void The_subject_heads_the_message_and_who_wrote_is_furniture()
    {
        var document =
            Made.Read(Head + "Subject: =?utf-8?Q?R=C3=BCckblick?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n\r\n-- \r\nAnn, phone 1\r\n");
        Assert.Equal("Rückblick\n\nGrüße", document.Text);
        Assert.Equal("Rückblick", document.Title);
        Assert.Contains(document.Blocks, block => block is { Kind: BlockKind.Furniture, Text: "Ann, phone 1" });
    }

    [Fact]
    public void Flowed_lines_are_joined_and_quoted_ones_lose_their_marks()
        => Assert.Equal(
            ["Heading1: s", "Paragraph: one line that goes on\na line of its own",
                "Quotation: quoted words that go on"],
            Outline("Content-Type: text/plain; format=flowed\r\n\r\none line that \r\ngoes on\r\na line of its "
                + "own\r\n\r\n> quoted words that \r\n> go on\r\n"));

    [Fact]
    public void Of_two_forms_of_a_message_one_is_read_and_attached_files_are_named()
    {
        var document = Made.Read(Head + "Subject: s\r\n" + """
            Content-Type: multipart/mixed; boundary=o

            --o
            Content-Type: multipart/alternative; boundary=i

            --i
            Content-Type: text/plain

            the words
            --i
            Content-Type: text/html

            <p>the words</p>
            --i--
            --o
            Content-Type: text/csv
            Content-Disposition: attachment; filename=cells.csv

            secret,cell
            --o
            Content-Type: message/rfc822

            Subject: inner
            Content-Type: text/html

            <div style="display:none">preview</div><p>forwarded words</p>
            --o--
            """.ReplaceLineEndings("\r\n"));
        Assert.Equal("s\n\nthe words\n\ninner\n\nforwarded words", document.Text);
        Assert.Contains("cells.csv", Assert.Single(document.Notes));
    }

    [Theory]
    [InlineData("plain", "", "Gr=C3=BC=C3=9Fe")]
    [InlineData("plain", "", "Gr=FC=DFe")]
    [InlineData("plain", "; charset=us-ascii", "Gr=C3=BC=C3=9Fe")]
    [InlineData("plain", "; charset=utf-8", "Gr=FC=DFe")]
    [InlineData("plain", "; charset=no-such-set", "Gr=C3=BC=C3=9Fe")]
    [InlineData("plain", "; charset=macintosh", "Gr=9F=A7e")]
    [InlineData("plain", "; charset=utf-16", "=FF=FEG=00r=00=FC=00=DF=00e=00")]
    [InlineData("plain", "; charset=utf-16be", "=00G=00r=00=FC=00=DF=00e")]
    [InlineData("html", "; charset=utf-8", "<meta charset=3D'iso-8859-1'><p>Gr=C3=BC=C3=9Fe</p>")]
    [InlineData("html", "", "<meta charset=3D'iso-8859-1'><p>Gr=FC=DFe</p>")]
    public void A_message_is_read_in_the_encoding_that_it_names_or_that_its_bytes_have(
        string form, string charset, string body)
        => Assert.Equal(["Heading1: s", "Paragraph: Grüße"],
            Outline($"Content-Type: text/{form}{charset}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{body}=\r\n"));

    [Fact]
    public void Of_parts_that_belong_together_the_root_is_the_message()
        => Assert.Equal(["Heading1: s", "Paragraph: The words."],
            Outline("""
            Content-Type: multipart/related; boundary=i; start="<two>"

            --i
            Content-Type: text/html
            Content-ID: <one>

            <p>A frame beside them.</p>
            --i
            Content-Type: text/html
            Content-ID: <two>

            <p>The words.</p>
            --i--
            """.ReplaceLineEndings("\r\n")));

    [Fact]
    public void A_plain_form_that_only_points_to_the_other_is_not_the_message()
        => Assert.Equal(
            ["Heading1: s", "Paragraph: The harbour was full of ships, and the wind stood still, as people say."],
            Outline("""
            Content-Type: multipart/alternative; boundary=i

            --i
            Content-Type: text/plain

            See the HTML.
            --i
            Content-Type: text/html

            <p>The harbour was full of ships, and the wind stood still, as people say.</p>
            --i--
            """.ReplaceLineEndings("\r\n")));

    [Fact]
    public void Parts_inside_each_other_without_end_are_read_or_refused()
    {
        var mail = new StringBuilder(Head + "Subject: s\r\n");
        for (var i = 0; i < 3000; i++) mail.Append($"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        mail.Append("\r\nwords\r\n");
        try
        {
            Assert.StartsWith("s", Made.Read(mail.ToString()).Text);
        }
        catch (BadFileException exception)
        {
            Assert.Contains("e-mail", exception.Message);
        }
    }

    private static IEnumerable<string> Outline(string rest)
        => Made.Outline(Made.Read(Head + "Subject: s\r\n" + rest))
            .Where(line => !line.StartsWith("Furniture", StringComparison.Ordinal));
}
