using CsCheck;
using LongT5.Tasks;
using LongT5.Tests.Text;
using LongT5.Text;

namespace LongT5.Tests.Tasks;

public sealed class SummaryWriterTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(TextGoldens.Fixture("spiece.model"));

    private const string Source =
        "The town spent £4 million on a bridge, Zoë Müller said. It is <= 2 mm from failing (in 2019)!\n"
        + "A ﬁne of half a crown was paid. No, no, no, she said. The U.S. Army came late. They left.";

    [Theory]
    [InlineData("The town spent £4 million on a bridge, Zoë Müller said.")]
    [InlineData("It is <= 2 mm from failing (in 2019)! A ﬁne of half a crown was paid.")]
    [InlineData("They left. The town spent £4 million on a bridge, Zoë Müller said. No, no, no, she said.")]
    public void What_is_quoted_has_the_characters_of_the_source(string quotation)
    {
        var writer = Written(quotation, isCut: false);
        Assert.Equal(quotation, writer.Text);
        Assert.Equal((0, 0, null), (writer.Lost, writer.LeftAway, writer.EndedBy));
    }

    [Fact]
    public void A_sign_that_cannot_be_found_is_counted()
    {
        var writer = Written("They spent ¥7 and left.", isCut: false);
        Assert.Equal("They spent 7 and left.", writer.Text);
        Assert.Equal(1, writer.Lost);
    }

    [Theory]
    [InlineData("They left. The town spent half of", "They left.")]
    [InlineData("They left. The bridge is late.", "They left. The bridge is late.")]
    [InlineData("They left. The U.S.", "They left.")]
    [InlineData("The town spent half of", "The town spent half of")]
    public void A_limit_leaves_whole_sentences_where_there_are_any(string written, string kept)
    {
        var writer = Written(written, isCut: true);
        Assert.Equal(kept, writer.Text);
        Assert.Equal(Tokenizer.Encode(written, addEnd: false).Length - Tokenizer.Encode(kept, addEnd: false).Length,
            writer.LeftAway);
    }

    [Theory]
    [InlineData("They left. And then five five five five", "They left.")]
    [InlineData("They left in the end - - - - I I I", "They left in the end")]
    [InlineData("so it was, so it was, so it was, so it was.", "so it was,")]
    [InlineData("No, no, no, she said.", "No, no, no, she said.")]
    public void A_unit_three_times_running_ends_it_unless_the_source_has_it(string written, string kept)
    {
        var writer = Written(written, isCut: false);
        Assert.Equal(kept, writer.Text);
        Assert.Equal(written == kept, writer.EndedBy is null);
    }

    [Fact]
    public void The_words_in_front_of_the_text_are_not_given()
    {
        Assert.Equal("They left.", Written("They left. Now summarize: the town", isCut: false).Text);
        Assert.Equal("They left", Written("They left summarize:::", isCut: false).Text);
    }

    [Fact]
    public void What_comes_early_is_never_taken_back()
    {
        string[] words = ["They left.", "They", "left.", "The U.S.", "A", "no,", "No, no, no, she said.", "£4", "five",
            "(in", "2019)!", "summarize", "Zoë", "It is.", "..."];
        Gen.Select(Gen.Int[0, words.Length - 1].Array[0, 30], Gen.Bool).Sample((parts, isCut) =>
        {
            var writer = New();
            var given = "";
            foreach (var id in Tokenizer.Encode(string.Join(' ', parts.Select(i => words[i]))))
                given += writer.Add(id);
            given += writer.Finish(isCut);
            Assert.Equal(writer.Text, given);
        });
    }

    private static SummaryWriter Written(string text, bool isCut)
    {
        var writer = New();
        foreach (var id in Tokenizer.Encode(text))
            writer.Add(id);
        writer.Finish(isCut);
        return writer;
    }

    private static SummaryWriter New()
    {
        const string Prefix = "summarize: ";
        return new(Tokenizer,
            new(Tokenizer, Prefix + Source, Prefix.Length, Tokenizer.EncodeWithOffsets(Prefix + Source)), Prefix);
    }
}
