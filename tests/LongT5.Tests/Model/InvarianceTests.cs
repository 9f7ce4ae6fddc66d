using CsCheck;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>
/// The same input and the same path give the same bits, whatever stands beside them and whoever computes.
/// </summary>
public sealed class InvarianceTests
{
    private static readonly Workers[] AnyCount = [new(1), new(2), new(4)];

    internal static readonly Gen<EngineOptions> AnyOptions =
        from weights in Gen.OneOf<ElementType?>(null, ElementType.BF16, ElementType.I8)
        from cross in Gen.OneOf(ElementType.F32, ElementType.BF16)
        select new EngineOptions { WeightType = weights, CrossType = cross };

    [Fact]
    public void An_input_encodes_alike_alone_in_any_batch_and_on_any_number_of_threads()
        => Gen.Select(RandomModel.AnyConfig, RandomModel.AnyType, AnyOptions, Gen.Int[1, 300].Array[1, 6], Gen.Int)
            .Sample(
            (config, type, options, lengths, seed) =>
            {
                using var model = new RandomModel(config, type, seed);
                var random = new Random(seed);
                var inputs = lengths.Select(length => Ids(random, config, length)).ToArray();
                using var alone = model.Load(AnyCount[0], options);
                var expected = inputs.Select(ids => States(alone.Encode(ids))).ToArray();
                foreach (var workers in AnyCount)
                {
                    using var network = model.Load(workers, options);
                    var batch = network.EncodeBatch(inputs);
                    for (var i = 0; i < inputs.Length; i++)
                        Assert.Equal(expected[i], States(batch[i]));
                    var reversed = network.EncodeBatch([.. inputs.Reverse()]);
                    for (var i = 0; i < inputs.Length; i++)
                        Assert.Equal(expected[i], States(reversed[inputs.Length - 1 - i]));
                }
            }, iter: 20, threads: 1);

    [Fact]
    public void A_long_input_encodes_alike_after_another_one()
    {
        var config = new LongT5Config
        {
            DModel = 8,
            DKv = 4,
            DFf = 8,
            NumHeads = 2,
            NumLayers = 2,
            LocalRadius = 5,
            GlobalBlockSize = 3,
            VocabSize = 50,
            EncoderAttentionType = EncoderAttention.TransientGlobal,
        };
        using var model = new RandomModel(config, ElementType.F32, 1);
        using var network = model.Load(Workers.Shared);
        var random = new Random(2);
        int[][] inputs = [Ids(random, config, 37), Ids(random, config, 2500), Ids(random, config, 1500),
            Ids(random, config, 5000)];
        var batch = network.EncodeBatch(inputs);
        for (var i = 0; i < inputs.Length; i++)
            Assert.Equal(States(network.Encode(inputs[i])), States(batch[i]));
    }

    [Fact]
    public void A_path_decodes_alike_step_by_step_at_once_and_as_part_of_any_tree()
        => Gen.Select(RandomModel.AnyConfig, RandomModel.AnyType, AnyOptions, Gen.Int[1, 150], Gen.Int).Sample(
            (config, type, options, nodes, seed) =>
            {
                using var model = new RandomModel(config, type, seed);
                var random = new Random(seed);
                int[][] inputs = [Ids(random, config, random.Next(1, 900)), Ids(random, config, random.Next(1, 40))];
                var tokens = Ids(random, config, nodes);
                var parents = Tree(random, nodes);
                float[][]? expected = null;
                foreach (var workers in AnyCount)
                {
                    using var network = model.Load(workers, options);
                    using var stepwise = Session(network, inputs);
                    expected ??= Feed(stepwise, parents, tokens, () => 1);
                    using var atOnce = Session(network, inputs);
                    Same(expected, Feed(atOnce, parents, tokens, () => nodes));
                    using var inParts = Session(network, inputs);
                    Same(expected, Feed(inParts, parents, tokens, () => random.Next(1, 9)));
                }
            }, iter: 20, threads: 1);

    [Fact]
    public void Forgetting_other_nodes_changes_nothing_and_their_ids_are_gone()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 3);
        using var network = model.Load(Workers.Shared);
        var random = new Random(4);
        var ids = Ids(random, model.Config, 20);
        using var kept = Session(network, [ids]);
        using var whole = Session(network, [ids]);
        var (a, b) = (new float[2 * 20], new float[2 * 20]);
        var (left, right) = (DecoderSession.Root(0), DecoderSession.Root(0));
        for (var step = 0; step < 200; step++)
        {
            var tokens = Ids(random, model.Config, 2);
            var first = kept.Extend([left, right], tokens, a);
            Assert.Equal(first, whole.Extend([left, right], tokens, b));
            Assert.Equal(a, b);
            (left, right) = random.Next(4) == 0 ? (first, first) : (first, first + 1);
            kept.Keep([left, right]);
            if (left == right)
                Assert.Throws<ArgumentOutOfRangeException>(() => { kept.Extend([first + 1], [0], []); });
        }
    }

    [Fact]
    public void A_call_that_fails_leaves_the_session_as_it_was()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 5);
        using var network = model.Load(Workers.Shared);
        using var session = Session(network, [[1, 2, 3]]);
        var first = session.Extend([DecoderSession.Root(0)], [0], []);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => { session.Extend([first], [4], [], cancelled.Token); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Extend([first], [20], []); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Extend([first + 1], [4], []); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Extend([DecoderSession.Root(1)], [4], []); });
        Assert.Throws<ArgumentException>(() => { session.Extend([first], [4], new float[21]); });
        Assert.Throws<ArgumentException>(() => { session.Extend([first], [4], new float[20], new float[1]); });
        Assert.Throws<ArgumentException>(() => session.Keep([7]));
        Assert.Equal(first + 1, session.Extend([first], [4], []));
    }

    [Fact]
    public void Many_threads_share_a_network()
    {
        var config = new LongT5Config { DModel = 16, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20, LocalRadius = 7 };
        using var model = new RandomModel(config, ElementType.F32, 6);
        using var network = model.Load(Workers.Shared);
        var inputs = Enumerable.Range(0, 8).Select(i => Ids(new(i), config, 50 + i)).ToArray();
        var expected = inputs.Select(Decoded).ToArray();
        Parallel.For(0, 64, i => Assert.Equal(expected[i % 8], Decoded(inputs[i % 8])));

        float[] Decoded(int[] ids)
        {
            using var session = Session(network, [ids]);
            var logits = new float[3 * 20];
            session.Extend([DecoderSession.Root(0), 0, 1], [0, 5, 6], logits);
            return logits;
        }
    }

    [Theory]
    [InlineData(1, null, ElementType.F32), InlineData(4, ElementType.I8, ElementType.BF16),
        InlineData(12, ElementType.BF16, ElementType.F32)]
    public void A_step_allocates_nothing(int rows, ElementType? weights, ElementType cross)
    {
        using var model = new RandomModel(new() { DModel = 16, DKv = 8, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 7);
        using var network = model.Load(AnyCount[0], new() { WeightType = weights, CrossType = cross });
        using var session = Session(network, [[1, 2, 3], [4, 5]]);
        var parents = Enumerable.Range(0, rows).Select(row => DecoderSession.Root(row * 2 / rows)).ToArray();
        var (tokens, logits) = (new int[rows], new float[20 * rows]);

        // What grows doubles: between the 40th step and the 42nd, none of it does.
        for (var step = 0; step < 40; step++)
            Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 40; step < 42; step++)
            Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            var first = session.Extend(parents, tokens, logits);
            for (var row = 0; row < rows; row++)
                parents[row] = first + row;
            session.Keep(parents);
        }
    }

    private static int[] Ids(Random random, LongT5Config config, int count)
        => random.GetItems(Enumerable.Range(0, config.VocabSize).ToArray(), count);

    private static float[] States(EncodedInput encoded)
    {
        using (encoded)
            return encoded.States.ToArray();
    }

    private static EngineSession Session(Network network, int[][] inputs)
    {
        var encoded = network.EncodeBatch(inputs);
        var session = network.StartDecoding(encoded);
        foreach (var input in encoded)
            input.Dispose();
        return session;
    }

    /// <summary>Mostly chains, with roots and branches among them; node i has id i.</summary>
    private static int[] Tree(Random random, int nodes) => [.. Enumerable.Range(0, nodes).Select(i =>
        i == 0 || random.Next(20) == 0 ? DecoderSession.Root(random.Next(2)) : random.Next(3) > 0
            ? i - 1 : random.Next(i))];

    private static float[][] Feed(EngineSession session, int[] parents, int[] tokens, Func<int> next)
    {
        var all = new List<float[]>();
        while (all.Count < tokens.Length)
        {
            var count = Math.Min(next(), tokens.Length - all.Count);
            var logits = new float[count * session.VocabularySize];
            Assert.Equal(all.Count,
                session.Extend(parents.AsSpan(all.Count, count), tokens.AsSpan(all.Count, count), logits));
            all.AddRange(logits.Chunk(session.VocabularySize));
        }
        return [.. all];
    }

    private static void Same(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i]);
    }
}
