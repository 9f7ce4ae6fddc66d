using LongT5.Documents.Pdf;

namespace LongT5.Documents.Tests.Pdf;

/// <summary>
/// What the standard fonts of a PDF cannot show: other scripts, shapes of letters, the table of recognised words.
/// </summary>
public class ScriptsTests
{
    [Fact]
    public void Words_of_Hebrew_are_read_from_right_to_left_and_numbers_from_left_to_right()
    {
        var line = new Line(1, [Word("12", 10, 20), Word("34", 25, 35), Word("שלום", 40, 70), Word("ספר", 75, 95)]);
        Assert.True(line.IsRightToLeft);
        Assert.Equal("ספר שלום 12 34", line.Text);
    }

    [Fact]
    public void The_letters_of_a_word_that_runs_to_the_left_are_turned_but_not_its_digits()
        => Assert.Equal("ab12cd".Replace('a', 'א').Replace('b', 'ב').Replace('c', 'ג').Replace('d', 'ד'),
            RightToLeft.Letters(
                [.. "דג12בא".Select((letter, i) => new Glyph(letter.ToString(), i, i + 1, 0, 1, FontStyle.Plain, i))]));

    [Fact]
    public void Lines_of_Chinese_are_joined_without_a_blank()
        => Assert.Equal("法律之前人人平等,并有权享受 law 的平等保护。", new Hyphens([]).Joined(["法律之前人人平等,并有权", "享受 law", "的平等保护。"]));

    [Theory]
    [InlineData("ﬃ", "ffi")]
    [InlineData("ﻻ", "لا")]
    [InlineData("ﻢ", "م")]
    [InlineData("\u001C", "fi")]
    [InlineData("\u00A0", " ")]
    [InlineData("\u200B", "")]
    public void Shapes_of_letters_are_letters(string shape, string letters)
        => Assert.Equal(letters, Spelling.Of(shape));

    [Theory]
    [InlineData("\t", false)]
    [InlineData("a", false)]
    [InlineData("\u0001", true)]
    [InlineData("\uFFFD", true)]
    public void A_blank_is_no_glyph_without_a_meaning(string text, bool isUnmapped)
        => Assert.Equal(isUnmapped, Script.IsUnmapped(text));

    [Fact]
    public void An_accent_that_was_drawn_apart_goes_onto_its_letter()
    {
        Assert.True(Spelling.IsAccent("´"));
        Assert.False(Spelling.IsAccent("a"));
        Assert.Equal("é", Spelling.Accented("e", "´"));
    }

    [Fact]
    public void Recognised_words_are_lines_with_a_confidence()
    {
        var table = """
            level|page_num|block_num|par_num|line_num|word_num|left|top|width|height|conf|text
            4|1|1|1|1|0|100|100|400|50|-1|
            5|1|1|1|1|1|100|100|150|48|96|Second
            5|1|1|1|1|2|270|102|200|46|90|line
            5|1|1|1|2|1|100|40|150|46|93|First
            """.Replace('|', '\t');
        var (lines, confidence) = RecognisedPage.Of(1, table, 0.24, 800);
        Assert.Equal(["First", "Second line"], lines.Select(line => line.Text));
        Assert.Equal(93, confidence);
    }

    private static Word Word(string text, double x0, double x1) => new(text, x0, x1, 0, 10, FontStyle.Plain, (int)x0);
}
