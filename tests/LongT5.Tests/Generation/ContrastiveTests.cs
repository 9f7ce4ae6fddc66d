using System.Text.Json;
using CsCheck;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Generation;

/// <summary>
/// Contrastive search gives what the reference's definition gives, recorded with its model, processors and
/// criteria, and what plain loops give over toy decoders.
/// </summary>
public class ContrastiveTests
{
    private static readonly string Fixtures = Path.Combine(Goldens.Repository, "tests", "fixtures", "goldens");

    private static readonly GenerationOptions Toy = new()
    {
        DecoderStartTokenId = 0,
        EosTokenId = [1],
        MaxNewTokens = 12,
    };

    public static IReadOnlyList<RecordedCase> Cases { get; } =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Fixtures, "generation", "contrastive.json")))
            .RootElement.GetProperty("cases").EnumerateArray().Select(json => new RecordedCase(json))];

    public static TheoryData<string> Names => [.. Cases.Select(recorded => recorded.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Sequences_are_those_of_the_reference(string name)
    {
        var recorded = Cases.Single(one => one.Name == name);
        using var checkpoint = Checkpoint.Open(Path.Combine(Fixtures, "formats", "safetensors"));
        using var network = Network.Load(checkpoint, Workers.Shared);
        var files = GenerationOptions.FromModelFile(checkpoint.ConfigFields);
        var encoded = recorded.Inputs.Select(ids => network.Encode(ids)).ToArray();
        using var session = network.StartDecoding(encoded);
        var found = Generator.Run(session, recorded.Inputs, recorded.Options.Resolve(files));
        Assert.Equal(recorded.Sequences.Length, found.Count);
        foreach (var (sequence, one) in recorded.Sequences.Zip(found))
            Assert.Equal(sequence, one.Ids.Concat(Enumerable.Repeat(0, sequence.Length - one.Ids.Length)));
        foreach (var input in encoded)
            input.Dispose();
    }

    [Fact]
    public void Tokens_are_those_of_plain_loops()
        => Gen.Select(Gen.Int[0, 1000], Gen.Int[6, 24], Gen.Int[2, 7], Gen.Double[0.05, 0.95]).Sample(
            (seed, vocabulary, candidates, alpha) =>
            {
                var options = Toy with { PenaltyAlpha = alpha, TopK = candidates, DecoderInputIds = [[0, 4, 2]] };
                using var session = ToySession.Random(seed, 1, vocabulary);
                var found = Generator.Run(session, [[3, 1]], options)[0];
                Assert.Equal(Obvious(seed, vocabulary, [0, 4, 2], candidates, alpha), found.Ids);
                Assert.Equal(found.NewTokens + 1, found.Steps);
            }, iter: 300);

    [Fact]
    public void With_one_candidate_or_no_penalty_it_is_greedy_decoding()
    {
        foreach (var options in new[] { Toy with { PenaltyAlpha = 0.6, TopK = 1 }, Toy with { PenaltyAlpha = 0 } })
        {
            using ToySession one = ToySession.Random(3, 1, 30), other = ToySession.Random(3, 1, 30);
            Assert.Equal(Generator.Run(one, [[1]], Toy)[0].Ids, Generator.Run(other, [[1]], options)[0].Ids);
        }
    }

    [Fact]
    public void What_a_rule_forbids_is_not_taken_however_unlike_it_is()
    {
        using var session = ToySession.Random(5, 1, 8);
        var said = Generator.Run(session, [[1]],
            Toy with { PenaltyAlpha = 1, TopK = 6, SuppressTokens = [2, 3, 4, 6, 7], EosTokenId = [] })[0];
        Assert.DoesNotContain(said.Ids, token => token is not (0 or 1 or 5));
        using var none = ToySession.Random(5, 1, 3);
        Assert.Throws<InvalidOperationException>(() => Generator.Run(none, [[1]],
            Toy with { PenaltyAlpha = 0.5, SuppressTokens = [0, 1, 2] }));
    }

    [Fact]
    public void Scores_and_states_that_are_not_numbers_are_an_error()
    {
        using var bad = new ToySession(1, 8, (_, _, token) => token == 4 ? float.NaN : token);
        Assert.Throws<ArithmeticException>(() => Generator.Run(bad, [[1]], Toy with { PenaltyAlpha = 0.5 }));
    }

    [Fact]
    public void A_batch_that_mixes_adapters_gives_each_text_what_it_is_given_alone()
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(RandomAdapter.Write(scratch["lora"], model.Config, "lora", 1));
        int[][] inputs = [[5, 9, 4, 30, 1], [.. Enumerable.Range(3, 60)]];
        var options = new GenerationOptions { MaxNewTokens = 12, MinNewTokens = 12, PenaltyAlpha = 0.6, TopK = 5 };
        var mixed = model.Run(inputs, options.Resolve(model.Defaults), null, null, default, [model, adapted]);
        Assert.Equal(model.Generate([inputs[0]], options)[0].Ids, mixed[0].Ids);
        Assert.Equal(adapted.Generate([inputs[1]], options)[0].Ids, mixed[1].Ids);
        Assert.NotEqual(model.Generate([inputs[1]], options)[0].Ids, mixed[1].Ids);
    }

    [Fact]
    public void A_session_gives_the_states_of_its_last_call_alone_and_only_where_they_are_kept()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var encoded = model.Encode([5, 9, 1]);
        using var session = model.Engine.StartDecoding([encoded]);
        session.Extend([DecoderSession.Root(0)], [0], []);
        Assert.Throws<InvalidOperationException>(() => { session.State(0); });
        session.KeepsStates = true;
        session.Extend([0, 0], [7, 8], []);
        Assert.Equal(model.Config.DModel, session.State(2).Length);
        Assert.False(session.State(1).SequenceEqual(session.State(2)));
        Assert.Throws<InvalidOperationException>(() => { session.State(0); });
        Assert.Throws<InvalidOperationException>(() => { session.State(3); });
    }

    /// <summary>The definition, in plain loops: everything is computed again at every step.</summary>
    private static int[] Obvious(int seed, int vocabulary, List<int> ids, int candidates, double alpha)
    {
        for (var most = ids.Count + Toy.MaxNewTokens!.Value; ids.Count < most && ids[^1] != 1;)
        {
            var (states, logits) = Run(ids);
            var sum = logits.Sum(logit => Math.Exp(logit));
            var (chosen, best) = (-1, double.NegativeInfinity);
            foreach (var token in Enumerable.Range(0, vocabulary).OrderByDescending(token => logits[token])
                .Take(candidates))
            {
                var (after, _) = Run([.. ids, token]);
                var score = (1 - alpha) * Math.Exp(logits[token]) / sum
                    - alpha * states.Max(state => Cosine(state, after[^1]));
                if (score > best)
                    (chosen, best) = (token, score);
            }
            ids.Add(chosen);
        }
        return [.. ids];

        (List<float[]> States, float[] Logits) Run(List<int> path)
        {
            using var session = ToySession.Random(seed, 1, vocabulary);
            session.KeepsStates = true;
            var (states, logits) = (new List<float[]>(), new float[vocabulary]);
            for (var i = 0; i < path.Count; i++)
            {
                session.Extend([i - 1], [path[i]], logits);
                states.Add(session.State(i).ToArray());
            }
            return (states, logits);
        }
    }

    private static double Cosine(float[] one, float[] other)
    {
        double product = 0, square = 0, otherSquare = 0;
        for (var i = 0; i < one.Length; i++)
        {
            product += one[i] * (double)other[i];
            square += one[i] * (double)one[i];
            otherSquare += other[i] * (double)other[i];
        }
        return product / Math.Sqrt(square * otherSquare);
    }
}
