using System.Text;
using CsCheck;

namespace LongT5.Documents.Tests;

public class PlainTextTests
{
    private const string Sample = "Straße, naïve café – “quoted” text.\nA second line.";

    private static string Decode(byte[] bytes) => PlainText.Decode(bytes, "a.txt", out _);

    private static BadFileException Refused(byte[] bytes) => Assert.Throws<BadFileException>(() => Decode(bytes));

    public static TheoryData<string, bool> Encodings => new()
    {
        { "utf-8", false }, { "utf-8", true }, { "utf-16", true }, { "utf-16BE", true }, { "utf-32", true },
        { "utf-16", false }, { "utf-16BE", false },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Unicode_is_read_with_and_without_its_mark(string name, bool marked)
    {
        var encoding = Encoding.GetEncoding(name);
        Assert.Equal(Sample, Decode([.. marked ? encoding.GetPreamble() : [], .. encoding.GetBytes(Sample)]));
    }

    [Fact]
    public void Latin1_is_recognised_and_said()
    {
        var text = PlainText.Decode(Encoding.Latin1.GetBytes("Le café est à l'été, naïf et garçon."), "a.txt",
            out var note);
        Assert.Equal("Le café est à l'été, naïf et garçon.", text);
        Assert.Equal("it is not UTF-8 and is read as Latin-1 (Windows-1252).", note);
    }

    [Fact]
    public void The_quotes_of_Windows_1252_are_read()
        => Assert.Equal("He said “so” – it’s €5.",
            Decode([.. "He said "u8, 0x93, .. "so"u8, 0x94, .. " "u8, 0x96, .. " it"u8, 0x92, .. "s "u8, 0x80,
                .. "5."u8]));

    [Fact]
    public void Damaged_utf8_is_an_error_that_names_the_byte()
        => Assert.Equal(12, Refused([.. "naïve café"u8, 0xC3, .. " and more naïve cafés"u8]).Offset);

    [Fact]
    public void Bytes_that_no_encoding_uses_are_an_error_that_names_them()
        => Assert.Equal(3, Refused([.. "abc"u8, 0x81, .. "def"u8]).Offset);

    [Theory]
    [InlineData("\u001F\u008B\u0008", "gzip")]
    [InlineData("\u0089PNG\r\n", "picture")]
    [InlineData("abc\0def, one NUL is enough", "control character")]
    public void What_is_no_text_is_named(string content, string kind)
        => Assert.Contains(kind, Refused(Encoding.Latin1.GetBytes(content)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData(" \n\t\r\n ")]
    public void A_text_without_a_word_is_empty(string content)
        => Assert.Contains("is empty", Refused(Encoding.UTF8.GetBytes(content)).Message);

    [Fact]
    public void Any_bytes_give_text_or_a_failure()
        => Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            try
            {
                Assert.NotEmpty(Decode(bytes));
            }
            catch (BadFileException failure)
            {
                Assert.DoesNotContain('\n', failure.Message);
            }
        });

    [Fact]
    public void Any_text_survives_utf8()
        => Gen.String[Gen.Char['!', '\uD7FF'], 1, 40].Sample(text =>
            Assert.Equal("The text: " + text, Decode(Encoding.UTF8.GetBytes("The text: " + text))));

    [Theory]
    [InlineData("\e[1;31mThe art\e[0m of \e]8;;http://x.org\awar\e]8;;\a.\e(B", "The art of war.")]
    [InlineData("\e]0;a title\e\\The \e[?25lart.\e[2K\e", "The art.")]
    [InlineData("T\bTh\bhe\be _\ba_\br_\bt.", "The art.")]
    [InlineData("The\u200B art of impor\u00ADtance\u2060.\uFEFF", "The art of importance.")]
    [InlineData("The exam-\nple of war.\nIt is life.", "The example of war.\nIt is life.")]
    [InlineData("A well-known exam-\r\n  ple is well-\nknown here.", "A well-known example is well-known here.")]
    [InlineData("It is a pre-\nand a post-war thing.", "It is a pre-\nand a post-war thing.")]
    [InlineData("- one -\ntwo\n1990-\n1995\nUNESCO-\nParis\n\nend-\n\nbegin",
        "- one -\ntwo\n1990-\n1995\nUNESCO-\nParis\n\nend-\n\nbegin")]
    public void What_terminals_and_typesetting_put_into_a_text_is_taken_out(string typed, string read)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(typed));
        Assert.Equal(read, DocumentReader.Read(stream, "a.txt").Text);
    }

    [Fact]
    public void A_long_text_of_broken_words_is_healed_in_time_that_grows_with_it_alone()
    {
        Assert.Equal(300_000, TypedText.Of(string.Concat(Enumerable.Repeat("exam-\nple ", 300_000)))
            .Split("example").Length - 1);
        var hostile = new string('a', 1_000_000);
        Assert.Equal(hostile, TypedText.Of(hostile));
        hostile = string.Concat(Enumerable.Repeat("a-", 500_000));
        Assert.Equal(hostile, TypedText.Of(hostile));
        hostile = string.Concat(Enumerable.Repeat("\e]", 500_000));
        Assert.Equal("", TypedText.Of(hostile));
    }
}
