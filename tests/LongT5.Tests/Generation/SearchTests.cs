using CsCheck;
using LongT5.Generation;

namespace LongT5.Tests.Generation;

public class SearchTests
{
    private static readonly GenerationOptions Model = new() { DecoderStartTokenId = 0, EosTokenId = [1] };

    private static readonly Gen<(int Seed, int Vocabulary, int Length)> Toys =
        Gen.Select(Gen.Int[0, 1000], Gen.Int[6, 24], Gen.Int[1, 24]);

    /// <summary>Ways to search, each with something to trip over.</summary>
    private static readonly GenerationOptions[] Ways =
    [
        new(),
        new() { NoRepeatNgramSize = 2, RepetitionPenalty = 1.3, EncoderNoRepeatNgramSize = 2 },
        new() { NumBeams = 3, NumReturnSequences = 3 },
        new() { NumBeams = 4, EarlyStopping = EarlyStopping.WhenFull, NumReturnSequences = 2, EosTokenId = [1, 2] },
        new() { NumBeams = 2, EarlyStopping = EarlyStopping.Never, LengthPenalty = 2, MinNewTokens = 1 },
        new() { DoSample = true, Seed = 5, NumReturnSequences = 2, Temperature = 1.5 },
        new() { DoSample = true, Seed = 6, NumBeams = 3, TopK = 5 },
        new() { PromptLookupNumTokens = 4 },
        new() { PenaltyAlpha = 0.6, TopK = 4, NoRepeatNgramSize = 2 },
    ];

    [Fact]
    public void A_text_is_said_to_its_end()
    {
        using var session = ToySession.Saying(10, 5, 6, 7);
        var said = Assert.Single(Generator.Run(session, [[3, 1]], Model));
        Assert.Equal([0, 5, 6, 7, 1], said.Ids);
        Assert.Equal((GenerationEnd.EndToken, 4, 4), (said.End, said.NewTokens, said.Steps));
    }

    [Fact]
    public void Nothing_said_of_length_means_twenty_new_tokens()
    {
        using var session = ToySession.Saying(10, [.. Enumerable.Repeat(5, 100)]);
        var said = Assert.Single(Generator.Run(session, [[3, 1]], Model));
        Assert.Equal((21, GenerationEnd.Length), (said.Ids.Length, said.End));
    }

    [Fact]
    public void Max_length_counts_the_start_token_and_max_new_tokens_does_not()
    {
        int[] text = [.. Enumerable.Repeat(5, 100)];
        using var one = ToySession.Saying(10, text);
        using var other = ToySession.Saying(10, text);
        Assert.Equal(8, Generator.Run(one, [[1]], Model with { MaxLength = 8 })[0].Ids.Length);
        Assert.Equal(11,
            Generator.Run(other, [[1]], Model with { MaxNewTokens = 8, DecoderInputIds = [[0, 5, 5]] })[0].Ids.Length);
    }

    [Fact]
    public void Whatever_stands_beside_an_input_its_sequences_are_the_same()
        => Gen.Select(Toys, Gen.Int[0, 8]).Sample((toy, way) =>
        {
            var options = Ways[way].Over(Model with { MaxNewTokens = toy.Length });
            int[][] inputs = [[3, 4, 1], [5, 1], [2, 2, 2, 3, 1]];
            using var session = ToySession.Random(toy.Seed, 3, toy.Vocabulary);
            var together = Generator.Run(session, inputs, options);
            for (var input = 0; input < inputs.Length; input++)
            {
                var only = input;
                using var alone = new ToySession(1, toy.Vocabulary, Shifted(toy.Seed, toy.Vocabulary, only));
                var expected = Generator.Run(alone, [inputs[input]], options);
                Assert.Equal(expected.Select(Show), together.Where(one => one.Input == only).Select(Show));
            }
        }, iter: 200);

    [Fact]
    public void Drafts_change_nothing_but_the_number_of_steps()
        => Gen.Select(Toys, Gen.Int[1, 6], Gen.Int[1, 3], Gen.Bool).Sample((toy, drafts, match, rules) =>
        {
            var options = Model with { MaxNewTokens = toy.Length, NoRepeatNgramSize = rules ? 3 : null };
            int[] input = [2, 3, 4, 5, 2, 3, 1];
            using var plain = ToySession.Random(toy.Seed, 1, toy.Vocabulary);
            using var drafted = ToySession.Random(toy.Seed, 1, toy.Vocabulary);
            var expected = Generator.Run(plain, [input], options)[0];
            var found = Generator.Run(drafted, [input],
                options with { PromptLookupNumTokens = drafts, MaxMatchingNgramSize = match })[0];
            Assert.Equal(expected.Ids, found.Ids);
            Assert.Equal((expected.Score, expected.End), (found.Score, found.End));
            Assert.Equal(found.NewTokens, found.Steps + found.DraftsKept);
            Assert.True(found.DraftsKept <= found.DraftsTried);
        }, iter: 300);

    [Fact]
    public void A_text_that_copies_its_input_takes_few_steps_with_drafts()
    {
        int[] text = [.. Enumerable.Range(10, 40)];
        using var session = ToySession.Saying(60, text);
        var said = Generator.Run(session, [[.. text, 1]],
            Model with { MaxNewTokens = 60, PromptLookupNumTokens = 8 })[0];
        Assert.Equal([0, .. text, 1], said.Ids);
        Assert.True(said.Steps <= 8, $"{said.Steps} steps");
        Assert.Equal(said.NewTokens - said.Steps, said.DraftsKept);
    }

    [Fact]
    public void What_was_streamed_is_never_taken_back()
        => Gen.Select(Toys, Gen.Int[0, 8]).Sample((toy, way) =>
        {
            var options = Ways[way].Over(Model with { MaxNewTokens = toy.Length });
            var streamed = new List<int>[] { [], [] };
            using var session = ToySession.Random(toy.Seed, 2, toy.Vocabulary);
            var found = Generator.Run(session, [[3, 1], [4, 1]], options,
                listener: step => streamed[step.Input].AddRange(step.Final));
            for (var input = 0; input < 2; input++)
                Assert.Equal(found.First(one => one.Input == input).Ids, streamed[input]);
        }, iter: 300);

    [Fact]
    public void Beams_stream_before_they_end()
    {
        var firsts = new List<int>();
        using var session = ToySession.Saying(12, 5, 6, 7, 8, 9);
        Generator.Run(session, [[1]], Model with { NumBeams = 3, MaxNewTokens = 12 }, listener: step =>
        {
            if (!step.Done && step.Final.Length > 0)
                firsts.Add(step.Final[^1]);
        });
        Assert.NotEmpty(firsts);
    }

    [Fact]
    public void A_seed_gives_one_text_and_another_seed_another()
    {
        static int[] Sample(long seed)
        {
            using var session = ToySession.Random(1, 1, 50);
            return Generator.Run(session, [[1]], Model with
            {
                DoSample = true,
                Seed = seed,
                TopK = 0,
                MaxNewTokens = 30,
                EosTokenId = []
            })[0].Ids;
        }

        Assert.Equal(Sample(3), Sample(3));
        Assert.NotEqual(Sample(3), Sample(4));
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_they_are_likely()
    {
        float[] logits = [float.NegativeInfinity, float.NegativeInfinity, 0, 1, 2, float.NegativeInfinity];
        var counts = new int[logits.Length];
        for (long seed = 0; seed < 4000; seed++)
        {
            using var session = new ToySession(1, logits.Length, (_, _, token) => logits[token]);
            counts[Generator.Run(session, [[1]],
                Model with { DoSample = true, Seed = seed, MaxNewTokens = 1 })[0].Ids[1]]++;
        }
        Assert.InRange(counts[2] / 4000.0, 0.07, 0.11);
        Assert.InRange(counts[3] / 4000.0, 0.22, 0.27);
        Assert.InRange(counts[4] / 4000.0, 0.63, 0.70);
    }

    [Fact]
    public void A_stop_string_ends_a_sequence_where_it_appears()
    {
        using var session = ToySession.Saying(30, 3, 4, 5, 6, 7);
        static string Letters(ReadOnlySpan<int> ids) => string.Concat(ids.ToArray().Select(id => (char)('a' + id)));
        var said = Generator.Run(session, [[1]], Model with { StopStrings = ["ef"] }, Letters)[0];
        Assert.Equal([0, 3, 4, 5], said.Ids);
        Assert.Equal(GenerationEnd.StopString, said.End);
    }

    [Fact]
    public void Cancelling_stops_within_one_step()
    {
        using var stop = new CancellationTokenSource();
        var calls = 0;
        using var session = new ToySession(1, 8, (_, _, _) => 1)
        {
            Extending = () =>
            {
                if (++calls == 3)
                    stop.Cancel();
            },
        };
        Assert.Throws<OperationCanceledException>(
            () => Generator.Run(session, [[1]], Model with { MaxNewTokens = 50 }, cancellation: stop.Token));
        Assert.Equal(3, session.Calls);
    }

    [Fact]
    public void Time_ends_every_sequence_where_it_is()
    {
        using var session = new ToySession(1, 8, (_, _, _) => 1);
        var said = Generator.Run(session, [[1]], Model with { MaxNewTokens = 50, MaxTime = 1e-9 })[0];
        Assert.Equal((2, GenerationEnd.Time), (said.Ids.Length, said.End));
    }

    [Fact]
    public void Scores_that_are_not_numbers_are_an_error_unless_they_are_to_be_removed()
    {
        foreach (var beams in new[] { 1, 2 })
        {
            var options = Model with { NumBeams = beams, MaxNewTokens = 3 };
            using var bad = new ToySession(1, 8, (_, _, token) => token == 4 ? float.NaN : token);
            Assert.Throws<ArithmeticException>(() => Generator.Run(bad, [[1]], options));
            using var again = new ToySession(1, 8, (_, _, token) => token == 4 ? float.NaN : token);
            Assert.NotEmpty(Generator.Run(again, [[1]], options with { RemoveInvalidValues = true }));
        }
    }

    [Fact]
    public void The_session_is_told_what_it_may_forget()
    {
        var most = 0;
        ToySession? session = null;
        using (session = new ToySession(1, 12, (_, path, token) => (path.Count * 7 + token * 5 + path[^1]) % 11)
        { Extending = () => most = Math.Max(most, session!.Held) })
            Generator.Run(session, [[1]], Model with { NumBeams = 3, MaxNewTokens = 40, MinNewTokens = 40 });
        Assert.InRange(most, 40, 40 * 3);
    }

    private static Func<int, IReadOnlyList<int>, int, float> Shifted(int seed, int vocabulary, int input)
    {
        var all = new float[vocabulary];
        return (_, path, token) =>
        {
            if (token == 0)
            {
                using var whole = ToySession.Random(seed, input + 1, vocabulary);
                var node = DecoderSession.Root(input);
                for (var i = 0; i < path.Count; i++)
                    node = whole.Extend([node], [path[i]], i == path.Count - 1 ? all : []);
            }
            return all[token];
        };
    }

    private static string Show(Generated one) => $"{string.Join(' ', one.Ids)}: {one.Score} {one.End}";
}
