using LongT5.Generation;
using LongT5.Model;
using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

/// <summary>
/// What evidence is made of: sentences of a source, shared words, heads that are trusted, a forced chain.
/// </summary>
public class EvidencePartsTests
{
    private static readonly LongT5Model Tiny = LongT5Model.Load(TinyModel.Folder);

    [Fact]
    public void Sentences_are_stretches_of_the_tokens_that_were_read()
    {
        const string Whole = "say: The art of war. Life and death! It is that.";
        var tokens = Tiny.Tokenizer.EncodeWithOffsets(Whole);
        var source = new SourceSentences(Whole, 5, tokens, tokens.Ids);
        Assert.Equal(["The art of war.", "Life and death!", "It is that."],
            Enumerable.Range(0, source.Count).Select(s => source[s].ToString()));
        for (var s = 0; s < source.Count; s++)
            Assert.Equal(source[s].ToString().Replace(" ", "", StringComparison.Ordinal), string.Concat(
                Tiny.Tokenizer.Decode(tokens.Ids.AsSpan()[source.Bounds[s]..source.Bounds[s + 1]]).Split(' ')));
        Assert.Equal(tokens.Ids.Length - 1, source.Bounds[^1]);
        var some = new SourceSentences(Whole, 5, tokens, [.. tokens.Ids[..(source.Bounds[1] + 1)], 1]);
        Assert.Equal((2, source.Bounds[1] + 1), (some.Count, some.Bounds[^1]));
    }

    [Theory]
    [InlineData("Life and\n death!", 1, 1)] // white space apart
    [InlineData("It is that. It is that. It is that.", 2, 4)] // several sentences
    [InlineData("of war", 0, 0)] // whole words within one
    [InlineData("It is that.", 2, 2)] // the first of several
    [InlineData("fe and dea", -1, -1)] // parts of words
    [InlineData("life and death!", -1, -1)] // not the same letters
    public void Words_stand_in_a_source_where_they_are_whole(string words, int first, int last)
    {
        const string Text = "The art of war. Life and death! It is that. It is that. It is that.";
        var tokens = Tiny.Tokenizer.EncodeWithOffsets(Text);
        var standing = new SourceSentences(Text, 0, tokens, tokens.Ids).Standing(words);
        Assert.Equal(first < 0 ? null : first..(last + 1), standing);
    }

    [Fact]
    public void A_sentence_of_its_own_comes_before_the_same_words_within_another()
    {
        const string Text = "Then it is that. It is that.";
        var tokens = Tiny.Tokenizer.EncodeWithOffsets(Text);
        var source = new SourceSentences(Text, 0, tokens, tokens.Ids);
        Assert.Equal(1..2, source.Standing("It is that."));
        Assert.Equal(0..1, source.Standing("it is"));
    }

    [Theory]
    [InlineData("greedy")]
    [InlineData("drafts")]
    [InlineData("sampling")]
    [InlineData("beams")]
    [InlineData("contrastive")]
    public void Where_each_sequence_looked_is_there_when_all_are_written(string way)
    {
        var asked = new GenerationOptions { MaxNewTokens = 30, EosTokenId = [3, 5, 9], DecoderStartTokenId = 0 };
        var options = way switch
        {
            "drafts" => asked with { PromptLookupNumTokens = 6 },
            "sampling" => asked with { DoSample = true, Seed = 3, NumReturnSequences = 3 },
            "beams" => asked with { NumBeams = 4, NumReturnSequences = 4 },
            "contrastive" => asked with { PenaltyAlpha = 0.6, TopK = 4 },
            _ => asked,
        };
        int[][] inputs = [Tiny.Tokenizer.Encode("The art of war. Life and death!"), Tiny.Tokenizer.Encode("It is that.")];
        using var session = Tiny.Engine.StartDecoding(Tiny.Engine.EncodeBatch(inputs));
        session.KeepsQueries = true;
        foreach (var written in Generator.Run(session, inputs, options,
            cancellation: TestContext.Current.CancellationToken))
        {
            int[] bounds = [0, 2, inputs[written.Input].Length];
            CrossAttentionProbe seen = new(Tiny.Config, bounds), fed = new(Tiny.Config, bounds);
            session.Look(written.Node, ..(written.Ids.Length - 1), seen, TestContext.Current.CancellationToken);
            using var other = Tiny.Engine.StartDecoding(Tiny.Engine.EncodeBatch([inputs[written.Input]]));
            other.Extend(
                [DecoderSession.Root(0), .. Enumerable.Range(0, written.Ids.Length - 2)], written.Ids.AsSpan(..^1), [],
                fed, TestContext.Current.CancellationToken);
            for (var layer = 0; layer < Tiny.Config.NumDecoderLayers; layer++)
                for (var head = 0; head < Tiny.Config.NumHeads; head++)
                    Assert.Equal(fed.Sums(layer, head), seen.Sums(layer, head));
        }
    }

    [Fact]
    public void A_rare_word_is_worth_more_and_what_is_covered_nothing()
    {
        var words = new WordOverlap(Source(
            "The cells divide. The cells grow. The mitochondrion divides. The cells rest in 1999."));
        var shared = words.With("A mitochondrion in cells, 1999");
        var shares = shared.Shares();
        Assert.Equal(3, Array.IndexOf(shares, shares.Max()));
        Assert.True(shares[2] > shares[0] && shares[0] > 0);
        shared.Cover(3);
        Assert.Equal([0, 0, shares[2], 0], shared.Shares());
        Assert.Equal(1, words.With("Cells grow").Shares()[1], 9);
        Assert.Equal([0, 0, 0, 0], words.With("?!").Shares());
        Assert.Equal([0, 0, 0, 0], words.With("nobody").Shares());
    }

    [Fact]
    public void Words_in_a_row_are_worth_more_than_the_same_apart()
    {
        var shares = new WordOverlap(Source("War and peace. Peace and war.")).With("war and peace").Shares();
        Assert.True(shares[0] > shares[1] && shares[1] > 0);
    }

    [Fact]
    public void Scripts_without_spaces_have_words_too()
    {
        var shares = new WordOverlap(Source("猫は眠る。犬が走る。")).With("猫が眠った。").Shares();
        Assert.True(shares[0] > shares[1]);
    }

    [Fact]
    public void Heads_that_look_where_the_words_are_outweigh_those_that_do_not()
    {
        var config = Tiny.Config;
        var heads = new HeadTrust(config);
        int[] bounds = [0, 1, 2, 3];
        double[] shares = [0.1, 0.9, 0];
        for (var sentence = 0; sentence < 3; sentence++)
        {
            var probe = new CrossAttentionProbe(config, bounds);
            for (var layer = 0; layer < config.NumDecoderLayers; layer++)
                for (var head = 0; head < config.NumHeads; head++)
                    probe.Add(layer, head, 0, layer == 1 && head == 2 ? [0, 1, 0] : [0, 0, 1], 1);
            var row = heads.Row(probe, 1, shares);
            Assert.True(row[1] > 5 * row[2]);
            Assert.InRange(row.Sum(), 0, 1.0001);
        }
        // Of a sentence without a word in the source the same head is believed.
        var mute = new CrossAttentionProbe(config, bounds);
        for (var head = 0; head < config.NumHeads; head++)
            mute.Add(1, head, 0, head == 2 ? [1, 0, 0] : [0, 0, 1], 1);
        var trusted = heads.Row(mute, 1, [0, 0, 0]);
        Assert.True(trusted[0] > trusted[2]);
    }

    [Fact]
    public void A_forced_chain_gives_the_log_probability_that_the_model_gives_what_it_wrote()
    {
        var input = Tiny.Tokenizer.Encode("The art of war is of vital importance. It is a matter of life.");
        var written = Tiny.Generate([input], new() { MaxNewTokens = 12 })[0];
        var sum = Tiny.Start(input, session =>
        {
            var (chain, sum) = (new ForcedChain(Tiny, session, 0), 0.0);
            foreach (var sentence in new[] { written.Ids[1..5], written.Ids[5..] })
            {
                chain.Feed(sentence, null, default);
                var all = chain.LogProbability(0..0, default);
                Assert.NotEqual(all, chain.LogProbability(0..9, default));
                Assert.Equal(all, chain.LogProbability(0..0, default));
                sum += all;
            }
            return sum;
        }, null, TestContext.Current.CancellationToken);
        Assert.Equal(written.Score * written.NewTokens, sum, 1e-3);
    }

    private static SourceSentences Source(string text)
    {
        var tokens = Tiny.Tokenizer.EncodeWithOffsets(text);
        return new(text, 0, tokens, tokens.Ids);
    }
}
