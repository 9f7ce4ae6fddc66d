using System.Text;

namespace LongT5.Documents.Tests.Rtf;

public class RtfReaderTests
{
    private static Document Read(string body)
        => Made.Read(Encoding.Latin1.GetBytes($@"{{\rtf1\ansi\ansicpg1252 {body}}}"));

    [Theory]
    [InlineData(@"na\'efve \'93caf\'e9\'94\par", "naïve “café”")]
    [InlineData(@"\u8364?uro, {\uc2\u960 pi and} \u26085\'93\'fa.", "€uro, π and 日ú.")]
    [InlineData("one wo\r\nrd\\line two\\tab three\\~four\\-teen\\_x\\emdash y", "one word\ntwo three fourteen-x—y")]
    [InlineData(@"{\v hidden}seen{\deleted gone}{\*\unknown secret}{\pict ffd8}{\info{\title t}}", "seen")]
    [InlineData(
        @"{\field{\*\fldinst HYPERLINK ""http://x""}{\fldrslt link}}{\field{\*\fldinst TOC \\o}{\fldrslt One 1\par Two 2}}", "link")]
    [InlineData(@"{\fonttbl{\f1\fcharset204 Arial Cyr;}}\f1\'cf\'f0\'e0\'e2\'e0", "Права")]
    [InlineData(@"{\fonttbl{\f1\fcharset128 Gothic;}}\f1\'90\'6c", "人")]
    [InlineData("a\\\nb\\bin4 {{{{c", "a\n\nbc")]
    [InlineData(@"{\upr{plain}{\*\ud{better}}} \{x\}", "better {x}")]
    public void What_is_written_is_read(string body, string expected) => Assert.Equal(expected, Read(body).Text);

    [Fact]
    public void Blocks_have_the_kinds_of_their_styles()
        => Assert.Equal(
            ["Heading1: One", "Heading2: Two", "ListItem1: item", "Table: a | b", "Paragraph: text", "Paragraph: box",
                "Footnote: note", "Furniture: head"],
            Made.Outline(Read(@"{\stylesheet{\s0 Normal;}{\s5 Heading 2;}}{\header head\par}"
                + @"\pard\outlinelevel0 One\par\pard\s5 Two\par\pard{\listtext\'b7\tab}\ls1 item\par\trowd\pard\intbl a\cell b\cell\row"
                + @"\pard text{\super\chftn}{\*\footnote\chftn note}{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt box\par}}}\par")));

    [Fact]
    public void Groups_inside_each_other_without_end_and_data_that_is_not_there_are_read()
        => Assert.Equal("word end", Made.Read(Encoding.Latin1.GetBytes(
            @"{\rtf1 " + new string('{', 150_000) + "word" + new string('}', 150_000)
                + @" end\u99999999999 \bin2147483647 x")).Text.TrimEnd('\uFFFF', ' '));
}
