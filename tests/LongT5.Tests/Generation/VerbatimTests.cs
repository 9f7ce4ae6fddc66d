using CsCheck;
using LongT5.Generation;

namespace LongT5.Tests.Generation;

public sealed class VerbatimTests
{
    private const int Vocabulary = 7, End = 1;

    private static readonly GenerationOptions Model = new()
    {
        DecoderStartTokenId = 0,
        EosTokenId = [End],
        MaxNewTokens = 24
    };

    // Few tokens and short sentences: they begin each other, follow each other, and are equal, all the time.
    private static readonly Gen<int[][]> Texts = Gen.Int[2, Vocabulary - 1].Array[1, 5].Array[1, 9];

    private static readonly Gen<GenerationOptions> Searches = Gen.Select(
        Gen.Int[0, 3], Gen.Int[1, 12], Gen.Int[0, 20], Gen.Int[1, 30], Gen.Int[0, 1000],
        (kind, few, least, most, seed) => kind switch
        {
            0 => Model with { MaxNewTokens = most, NoRepeatNgramSize = few % 4 },
            1 => Model with
            {
                MaxNewTokens = most,
                MinNewTokens = Math.Min(least, most),
                NumBeams = 2 + few % 5,
                NoRepeatNgramSize = few % 4
            },
            2 => Model with
            {
                MaxNewTokens = most,
                DoSample = true,
                Seed = seed,
                TopK = few,
                TopP = 0.9,
                NumReturnSequences = 2
            },
            _ => Model with { MaxNewTokens = most, PromptLookupNumTokens = few, RepetitionPenalty = 1.5 },
        });

    [Fact]
    public void Every_output_of_every_search_is_whole_sentences_of_the_text_each_once()
        => Gen.Select(Texts, Searches, Gen.Int[0, 100_000], Gen.Bool).Sample((text, options, seed, inOrder) =>
        {
            using var session = ToySession.Random(seed, 1, Vocabulary);
            foreach (var written in Generator.Run(session, [[.. text.SelectMany(tokens => tokens), End]], options,
                quotations: [new(text, inOrder)]))
            {
                Assert.Equal(GenerationEnd.EndToken, written.End);
                Assert.Equal(End, written.Ids[^1]);
                Assert.True(written.NewTokens <= options.MaxNewTokens);
                var body = written.Ids[1..^1];
                var sentences = Assert.IsAssignableFrom<IReadOnlyList<int>>(new Quotations(text, inOrder).Parse(body));
                Assert.Equal(body, sentences.SelectMany(sentence => text[sentence]));
                var quoted = sentences.Select(sentence => string.Join(' ', text[sentence])).ToList();
                Assert.Equal(quoted.Distinct(), quoted);
                Assert.True(!inOrder || sentences.SequenceEqual(sentences.Order()));
                Assert.Equal(text.Min(tokens => tokens.Length) >= options.MaxNewTokens, body.Length == 0);
            }
        });

    [Fact]
    public void Drafts_change_nothing_and_spare_steps()
    {
        int[][] text = [[2, 3, 4, 5, 6], [3, 2, 6, 5, 4], [6, 6, 5, 4, 2]];
        int[] input = [.. text.SelectMany(tokens => tokens), End];
        using var one = ToySession.Random(5, 1, Vocabulary);
        using var other = ToySession.Random(5, 1, Vocabulary);
        var slow = Generator.Run(one, [input], Model, quotations: [new(text)])[0];
        var fast = Generator.Run(other, [input], Model with { PromptLookupNumTokens = 4 }, quotations: [new(text)])[0];
        Assert.Equal(slow.Ids, fast.Ids);
        Assert.True(fast.Steps < slow.Steps);
    }

    [Fact]
    public void A_sentence_that_begins_another_may_end_or_go_on()
    {
        int[][] text = [[2, 3], [2, 3, 4], [4, 5]];
        var quotations = new Quotations(text);
        Assert.Equal([1], quotations.Parse([2, 3, 4]));
        Assert.Equal([0, 2], quotations.Parse([2, 3, 4, 5]));
        Assert.Equal([1, 0], quotations.Parse([2, 3, 4, 2, 3]));
        Assert.Null(quotations.Parse([2]));
        Assert.Null(quotations.Parse([2, 3, 2, 3]));
        Assert.Null(new Quotations(text, inOrder: true).Parse([4, 5, 2, 3]));
    }
}
