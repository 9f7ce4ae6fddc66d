using CsCheck;
using LongT5.Text;

namespace LongT5.Tests.Text;

public sealed class SentencesTests
{
    [Theory]
    [InlineData("It rained. We stayed.", "It rained.|We stayed.")]
    [InlineData("Dr. Smith met Mr. J. K. Jones. They spoke.", "Dr. Smith met Mr. J. K. Jones.|They spoke.")]
    [InlineData("He lives in the U.S. The house is old.", "He lives in the U.S.|The house is old.")]
    [InlineData("The U.S. Army came, e.g. Pvt. Ryan.", "The U.S. Army came, e.g. Pvt. Ryan.")]
    [InlineData("It cost 3.14 dollars. See Fig. 2 and No. 5. Done.",
        "It cost 3.14 dollars.|See Fig. 2 and No. 5.|Done.")]
    [InlineData("\"Stop!\" he said. \"Why?\" She left.", "\"Stop!\" he said.|\"Why?\"|She left.")]
    [InlineData("\u201cGo on.\u201d She went.", "\u201cGo on.\u201d|She went.")]
    [InlineData("Well... maybe not. Well\u2026 Yes.", "Well... maybe not.|Well\u2026|Yes.")]
    [InlineData("Wait . . . what?", "Wait . . . what?")]
    [InlineData("THE ATTACK BY FIRE\n\nThere are five ways.", "THE ATTACK BY FIRE|There are five ways.")]
    [InlineData("This line is\nbroken in two. So is\nthis.", "This line is\nbroken in two.|So is\nthis.")]
    [InlineData("# Title\nText here.\n- first\n- second\n1. third", "# Title|Text here.|- first|- second|1. third")]
    [InlineData("1. Introduction. We begin.", "1. Introduction.|We begin.")]
    [InlineData("Really?! Yes. (I think.) No", "Really?!|Yes.|(I think.)|No")]
    [InlineData("今日は。明日は！", "今日は。|明日は！")]
    [InlineData("Gong et al. (2016) saw it, i.e. Node, e.g. List. Milk, eggs, etc. The rest (Ng, etc.) follows.",
        "Gong et al. (2016) saw it, i.e. Node, e.g. List.|Milk, eggs, etc.|The rest (Ng, etc.) follows.")]
    [InlineData("The U.S. and Mr. P.J. O'Neil agree. In Brown v. Board of 44 U.S.C. \u00a7 35 it said no. 7.",
        "The U.S. and Mr. P.J. O'Neil agree.|In Brown v. Board of 44 U.S.C. \u00a7 35 it said no. 7.")]
    [InlineData("Five follow:\n(1) the way;\n(2) the sky;\n(3) the earth. They count.",
        "Five follow:|(1) the way;\n(2) the sky;\n(3) the earth.|They count.")]
    [InlineData("It ended in 1918.[12] Peace came.[a][b] Then war.7 \"So?\"8 Yes.",
        "It ended in 1918.[12]|Peace came.[a][b]|Then war.7|\"So?\"8|Yes.")]
    [InlineData("1 Aims ........ 3\n2 Ways and means . . . . . . 12\nThis is text. More.",
        "1 Aims ........ 3|2 Ways and means . . . . . . 12|This is text.|More.")]
    [InlineData("The Aims of War\nThis section says why\nMen fight. It is short.",
        "The Aims of War|This section says why\nMen fight.|It is short.")]
    [InlineData("a. CNI met them. b. The Office wrote. III. ON ATTACK",
        "a. CNI met them.|b. The Office wrote.|III. ON ATTACK")]
    [InlineData("  ", "")]
    public void Prose_is_split_where_a_reader_would(string text, string sentences)
        => Assert.Equal(sentences, string.Join('|', Sentences.Split(text).Select(range => text[range])));

    [Theory]
    [InlineData("It rained.", true)]
    [InlineData("\u201cStop it!\u201d[3]", true)]
    [InlineData("- Be on time, always.", true)]
    [InlineData("今日は晴れ。", true)]
    [InlineData("Chapter one", false)]
    [InlineData("3 The results of the study ........ 12", false)]
    [InlineData("As follows:", false)]
    [InlineData("one item; and", false)]
    [InlineData("1. Introduction.", false)]
    [InlineData("Jane Q. Doe, Jr.", false)]
    [InlineData("Kind regards,\nJane Doe\nHead of sales, Acme Inc.", false)]
    [InlineData("...", false)]
    [InlineData("", false)]
    public void A_sentence_is_told_from_a_heading_a_list_and_a_signature(string piece, bool isSentence)
        => Assert.Equal(isSentence, Sentences.IsWhole(piece));

    [Fact]
    public void Every_character_but_white_space_is_in_one_sentence()
        => Gen.String[Gen.Char["aB.! \n\")1#-\u2026[](;"], 0, 60].Sample(text =>
        {
            var end = 0;
            foreach (var range in Sentences.Split(text))
            {
                Assert.True(range.Start.Value >= end && string.IsNullOrWhiteSpace(text[end..range.Start.Value]));
                Assert.Equal(text[range].Trim(), text[range]);
                end = range.End.Value;
            }
            Assert.True(string.IsNullOrWhiteSpace(text[end..]));
        });

    [Fact]
    public void Pegasus_cuts_as_its_regular_expression()
        => Gen.String[Gen.Char["a.!? \n\v\u00a0"], 0, 60].Sample(text =>
        {
            var expected = System.Text.RegularExpressions.Regex.Split(text,
                "(?<=[.!?][ \\t\\n\\f\\r]+)(?![ \\t\\n\\f\\r])").Where(part => part.Length > 0);
            Assert.Equal(expected, Sentences.SplitAsPegasus(text).Select(range => text[range]));
        });

    [Theory]
    [InlineData(".")]
    [InlineData(". ")]
    [InlineData("\n")]
    [InlineData("a.\"")]
    [InlineData("1. ")]
    [InlineData(" \na")]
    [InlineData("b\nA ")]
    [InlineData("(a. [1]")]
    [InlineData("c ..... 7\n")]
    public void Long_repetitions_take_linear_time(string unit)
    {
        var text = new string(' ', 1_000_000) + string.Concat(Enumerable.Repeat(unit, 1_000_000));
        Assert.NotNull(Sentences.Split(text));
        Assert.IsType<bool>(Sentences.IsWhole(text + "."));
        Assert.NotNull(Sentences.SplitAsPegasus(text));
    }
}
