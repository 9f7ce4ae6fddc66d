using CsCheck;
using LongT5.Generation;
using LongT5.Generation.Rules;

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
    private static readonly Gen<int[][]> Texts = Gen.Int[3, Vocabulary - 1].Array[1, 5].Array[1, 9];

    // Token 2 stands between sentences as the space does in a vocabulary of bytes, or is one of their own.
    private static readonly Gen<int[]> Separators = Gen.Int[0, 3].Select(
        kind => new int[][] { [], [2], [2, 2], [3] }[kind]);

    private static readonly Gen<GenerationOptions> Searches = Gen.Select(
        Gen.Int[0, 4], Gen.Int[1, 12], Gen.Int[0, 20], Gen.Int[1, 30], Gen.Int[0, 1000],
        (kind, few, least, most, seed) => Model with
        {
            MaxNewTokens = most,
            MinNewTokens = few % 3 == 0 ? Math.Min(least, most) : null,
            NoRepeatNgramSize = few % 4,
            EncoderNoRepeatNgramSize = least % 5 == 0 ? 3 : null,
            RepetitionPenalty = least % 3 == 0 ? 1.5 : null,
            SuppressTokens = least % 4 == 0 ? [3, End] : null,
            BadWordsIds = least % 7 == 0 ? [[4], [5, 6]] : null,
            ForcedEosTokenId = least % 4 == 1 ? [End] : null,
            RemoveInvalidValues = least % 2 == 0,
            NumBeams = kind is 1 or 2 ? 2 + few % 5 : 1,
            LengthPenalty = kind is 1 or 2 ? few % 3 * 0.5 : null,
            EarlyStopping = kind is 1 or 2 ? (EarlyStopping)(least % 3) : null,
            DoSample = kind is 2 or 3,
            Seed = seed,
            PenaltyAlpha = kind == 4 ? 0.5 : null,
            TopK = kind is 2 or 3 or 4 ? few + 1 : null,
            TopP = kind is 2 or 3 ? 0.9 : null,
            NumReturnSequences = kind is 0 or 4 ? 1 : 2,
            PromptLookupNumTokens = kind == 0 && few > 3 ? few : null,
            RenormalizeLogits = seed % 5 == 0,
        });

    [Fact]
    public void Every_output_of_every_search_is_whole_sentences_of_the_text_each_once()
        => Gen.Select(Texts, Searches, Gen.Int[0, 100_000], Gen.Bool, Separators).Sample(
            (text, options, seed, inOrder, separator) =>
        {
            using var session = ToySession.Random(seed, 1, Vocabulary);
            int[] input = [.. text.SelectMany(tokens => tokens), End];
            var quotations = new Quotations(text, inOrder, separator);
            foreach (var written in Generator.Run(session, [input], options, quotations: [quotations]))
            {
                Assert.Equal(GenerationEnd.EndToken, written.End);
                Assert.Equal(End, written.Ids[^1]);
                Assert.True(written.NewTokens <= options.MaxNewTokens);
                var body = written.Ids[1..^1];
                var sentences = Assert.IsAssignableFrom<IReadOnlyList<int>>(quotations.Parse(body));
                Assert.Equal(body,
                    sentences.SelectMany((sentence, i) => i == 0 ? text[sentence] : [.. separator, .. text[sentence]]));
                var quoted = sentences.Select(sentence => string.Join(' ', text[sentence])).ToList();
                Assert.Equal(quoted.Distinct(), quoted);
                Assert.True(!inOrder || sentences.SequenceEqual(sentences.Order()));
                Assert.Equal(text.Min(tokens => tokens.Length) >= options.MaxNewTokens, body.Length == 0);
            }
        });

    [Fact]
    public void What_is_told_while_it_grows_is_never_taken_back()
        => Gen.Select(Texts, Searches, Gen.Int[0, 100_000], Separators).Sample((text, options, seed, separator) =>
        {
            using var session = ToySession.Random(seed, 1, Vocabulary);
            var quotations = new Quotations(text, inOrder: false, separator);
            var (final, told) = (new List<int>(), new List<int>());
            int[] input = [.. text.SelectMany(tokens => tokens), End];
            var written = Generator.Run(session, [input], options, listener: step =>
            {
                foreach (var token in step.Final)
                {
                    final.Add(token);
                    var now = quotations.Complete(final.Skip(1).Where(one => one != End).ToArray(), isOver: false);
                    Assert.Equal(told, now.Take(told.Count));
                    told = [.. now];
                }
            }, quotations: [quotations])[0];
            Assert.Equal(written.Ids, final);
            var whole = quotations.Complete(written.Ids.AsSpan()[1..^1], isOver: true);
            Assert.Equal(quotations.Parse(written.Ids.AsSpan()[1..^1]), whole);
            Assert.Equal(told, whole.Take(told.Count));
        });

    [Fact]
    public void Of_what_is_cut_within_a_sentence_the_whole_ones_stay()
    {
        var quotations = new Quotations([[3, 4], [5, 6, 3]], inOrder: false, [2]);
        Assert.Equal([0], quotations.Complete([3, 4, 2, 5, 6], isOver: true));
        Assert.Equal([0, 1], quotations.Complete([3, 4, 2, 5, 6, 3], isOver: false));
        Assert.Empty(quotations.Complete([3], isOver: true));
    }

    [Fact]
    public void Going_ahead_where_there_is_no_choice_changes_nothing_and_spares_steps()
    {
        var spared = 0;
        var searches = Searches.Where(options => options.PenaltyAlpha is null);
        Gen.Select(Texts, searches, Gen.Int[0, 100_000], Separators).Sample((text, options, seed, separator) =>
        {
            using var one = ToySession.Random(seed, 1, Vocabulary);
            using var other = ToySession.Random(seed, 1, Vocabulary);
            int[] input = [.. text.SelectMany(tokens => tokens), End];
            var quotations = new Quotations(text, inOrder: false, separator);
            var ahead = Generator.Run(one, [input], options, quotations: [quotations]);
            var stepwise = Stepwise.Run(other, input, options.Resolve(), quotations);
            Assert.Equal(stepwise.Select(written => (string.Join(' ', written.Ids), written.Score, written.End)),
                ahead.Select(written => (string.Join(' ', written.Ids), written.Score, written.End)));
            Assert.True(ahead[0].Steps <= stepwise[0].Steps);
            Interlocked.Add(ref spared, stepwise[0].Steps - ahead[0].Steps);
        });
        Assert.True(spared > 0);
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

    /// <summary>The searches themselves, held to the sentences by the rule alone: a token a step.</summary>
    private static class Stepwise
    {
        public static List<Generated> Run(
            DecoderSession session, int[] input, GenerationOptions options, Quotations quotations)
        {
            var rules = new Func<LogitRule[]>(
                () => LogitRule.For(options, new(options, input, 0, quotations), session.VocabularySize));
            var settings = new Settings(options, input, 0);
            Search[] searches = settings.Beams > 1 ? [new Beams(settings, rules(), null, session.VocabularySize)]
                : settings.Samples ? [.. Enumerable.Range(0, settings.Returned)
                    .Select(rank => new Sampling(settings, rules(), null, rank))]
                : [new Greedy(settings, rules(), null)];
            var (results, feed) = (new List<Generated>(), new Feed());
            foreach (var search in searches)
            {
                search.Begin(feed, 0);
                while (!search.Done)
                {
                    var silent = feed.Count;
                    search.Propose(feed);
                    var logits = new float[(feed.Count - silent) * session.VocabularySize];
                    session.Extend(feed.Parents.Span, feed.Tokens.Span, logits, CancellationToken.None);
                    feed.Clear();
                    search.Accept(logits, late: false);
                }
                results.AddRange(search.Results(0));
            }
            return results;
        }
    }
}
