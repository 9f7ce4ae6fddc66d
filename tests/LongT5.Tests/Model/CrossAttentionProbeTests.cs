using CsCheck;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>
/// What is recorded of cross attention is what happened, and what is hidden is as if it were not there.
/// </summary>
public sealed class CrossAttentionProbeTests
{
    private static readonly Gen<EngineOptions> s_anyOptions =
        from weights in Gen.OneOf<ElementType?>(null, ElementType.BF16, ElementType.I8)
        from cross in Gen.OneOf(ElementType.F32, ElementType.BF16)
        select new EngineOptions { WeightType = weights, CrossType = cross };

    [Fact]
    public void A_recorded_call_gives_the_same_bits_and_the_sums_of_what_all_its_tokens_looked_at()
        => Gen.Select(RandomModel.AnyConfig, s_anyOptions, Gen.Int[1, 1300], Gen.Int[1, 90], Gen.Int).Sample(
            (config, options, length, count, seed) =>
            {
                using var model = new RandomModel(config, ElementType.F32, seed);
                using var network = model.Load(Workers.Shared, options);
                var random = new Random(seed);
                var (ids, tokens) = (Ids(random, config, length), Ids(random, config, count));
                int[] bounds = [.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(length + 1)).Order()];
                var size = count * config.VocabSize;
                var (plain, recorded) = (new float[size], new float[size]);
                var weights = new float[count * config.NumHeads * length / config.Extensions.PoolingStride];

                using var one = Session(network, ids);
                one.Extend(Chain(count), tokens, plain, weights);
                using var other = Session(network, ids);
                var probe = new CrossAttentionProbe(config, bounds);
                other.Extend(Chain(count), tokens, recorded, probe);

                Assert.Equal(plain, recorded);
                for (var head = 0; head < config.NumHeads; head++)
                    for (var s = 0; s < probe.Stretches; s++)
                    {
                        var expected = 0.0;
                        for (var row = 0; row < count; row++)
                            for (var at = bounds[s]; at < bounds[s + 1]; at++)
                                expected += weights[(row * config.NumHeads + head) * length + at];
                        Assert.Equal(expected, probe.Sums(config.NumDecoderLayers - 1, head)[s], 1e-4 * count);
                    }
            }, iter: 20, threads: 1);

    [Fact]
    public void Hidden_tokens_are_as_if_the_input_had_none_of_them()
        => Gen.Select(RandomModel.AnyConfig, Gen.Int[2, 1300], Gen.Int[1, 9], Gen.Int).Sample(
            (config, length, count, seed) =>
            {
                using var model = new RandomModel(config, ElementType.F32, seed);
                using var network = model.Load(Workers.Shared);
                var random = new Random(seed);
                using var whole = network.Encode(Ids(random, config, length));
                var start = random.Next(length);
                var end = random.Next(start, start == 0 ? length : length + 1);
                using var rest = new EncodedStates(length - (end - start), config.DModel);
                whole.States[..(start * config.DModel)].CopyTo(Writable(rest, 0));
                whole.States[(end * config.DModel)..].CopyTo(Writable(rest, start));
                var tokens = Ids(random, config, count);
                var (hidden, gone) = (new float[count * config.VocabSize], new float[count * config.VocabSize]);
                using var one = network.StartDecoding([whole]);
                one.Extend(Chain(count), tokens, hidden, new CrossAttentionProbe(config, [], start..end));
                using var other = network.StartDecoding([rest]);
                other.Extend(Chain(count), tokens, gone);
                GoldenModelTests.Agrees(gone, hidden, $"{start}..{end} of {length}");
            }, iter: 30, threads: 1);

    [Fact]
    public void Looking_again_gives_the_sums_of_looking_as_it_was_fed_whatever_was_forgotten_meanwhile()
        => Gen.Select(RandomModel.AnyConfig, s_anyOptions, Gen.Int[1, 1300], Gen.Int[1, 90], Gen.Int).Sample(
            (config, options, length, count, seed) =>
            {
                using var model = new RandomModel(config, ElementType.F32, seed);
                using var network = model.Load(Workers.Shared, options);
                var random = new Random(seed);
                var (ids, tokens) = (Ids(random, config, length), Ids(random, config, count));
                int[] bounds = [.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(length + 1)).Order()];
                var (first, end) = (random.Next(count), 0);
                end = random.Next(first, count + 1);
                CrossAttentionProbe expected = new(config, bounds), again = new(config, bounds);

                using var one = Session(network, ids);
                one.Extend(Chain(count).AsSpan(..first), tokens.AsSpan(..first), []);
                one.Extend(Chain(count).AsSpan(first..end), tokens.AsSpan(first..end), [], expected);

                using var other = Session(network, ids);
                other.KeepsQueries = true;
                var node = DecoderSession.Root(0);
                foreach (var token in tokens)
                {
                    var firstOf = other.Extend([node, node], [token, (token + 1) % config.VocabSize], []);
                    other.Keep([node = firstOf]);
                }
                other.Look(node, first..end, again);
                for (var layer = 0; layer < config.NumDecoderLayers; layer++)
                    for (var head = 0; head < config.NumHeads; head++)
                        Assert.Equal(expected.Sums(layer, head), again.Sums(layer, head));
            }, iter: 20, threads: 1);

    [Fact]
    public void Looking_again_needs_queries_that_were_kept_and_a_node_that_is_there()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 5);
        using var network = model.Load(Workers.Shared);
        using var session = Session(network, [1, 2, 3]);
        var probe = new CrossAttentionProbe(model.Config, [0, 3]);
        session.Extend(Chain(2), [0, 7], []);
        session.KeepsQueries = true;
        session.Extend([1], [8], []);
        Assert.Throws<InvalidOperationException>(() => session.Look(2, 0..3, probe));
        Assert.Throws<ArgumentException>(() => session.Look(3, 0..1, probe));
        using var keeping = Session(network, [1, 2, 3]);
        keeping.KeepsQueries = true;
        keeping.Extend(Chain(3), [0, 7, 8], []);
        Assert.Throws<ArgumentOutOfRangeException>(() => keeping.Look(2, 0..4, probe));
        Assert.Throws<ArgumentException>(() => keeping.Look(2, 0..3, new(model.Config, [0, 4])));
    }

    [Fact]
    public void Hidden_tokens_get_no_attention()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 5);
        using var network = model.Load(Workers.Shared);
        using var session = Session(network, [1, 2, 3, 4, 5, 6]);
        var probe = new CrossAttentionProbe(model.Config, [0, 2, 4, 6], 2..4);
        session.Extend(Chain(3), [0, 7, 8], [], probe);
        Assert.Equal(0, probe.Sums(0, 0)[1]);
        Assert.Equal(3, probe.Sums(0, 1)[0] + probe.Sums(0, 1)[2], 1e-4);
    }

    [Fact]
    public void Adapters_in_one_session_are_each_recorded_as_alone()
    {
        using var folder = new Cli.Scratch();
        var config = new LongT5Config { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20, LocalRadius = 7 };
        using var model = new RandomModel(config, ElementType.F32, 6);
        using var bare = model.Load(Workers.Shared);
        using var adapter = Adapter.Open(RandomAdapter.Write(folder["a"], config, "lora", 7));
        using var adapted = bare.WithAdapter(adapter);
        int[] ids = [1, 2, 3, 4, 5, 6, 7];
        using var mixed = bare.StartDecoding([bare.Encode(ids), adapted.Encode(ids)]);
        using var alone = Session(adapted, ids);
        CrossAttentionProbe expected = new(config, [0, 3, 6]), probe = new(config, [0, 3, 6]);
        var (a, b) = (new float[20], new float[20]);
        alone.Extend(Chain(2), [0, 9], a, expected);
        mixed.Extend([DecoderSession.Root(0)], [0], []);
        mixed.Extend([DecoderSession.Root(1), 1], [0, 9], b, probe);
        Assert.Equal(a, b);
        Assert.Equal(expected.Sums(1, 1), probe.Sums(1, 1));
    }

    [Fact]
    public void A_probe_that_does_not_fit_is_refused_and_leaves_the_session_as_it_was()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 5);
        using var network = model.Load(Workers.Shared);
        using var session = Session(network, [1, 2, 3]);
        Assert.Throws<ArgumentException>(() => new CrossAttentionProbe(model.Config, [2, 1]));
        Assert.Throws<ArgumentException>(() => Extend(new(model.Config, [0, 4])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Extend(new(model.Config, [], 0..3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Extend(new(model.Config, [], 2..4)));
        Assert.Equal(0, session.Extend([], [], []));
        Assert.Equal(0, Extend(new(model.Config, [0, 3], 0..2)));

        int Extend(CrossAttentionProbe probe) => session.Extend([DecoderSession.Root(0)], [0], [], probe);
    }

    private static EngineSession Session(Network network, int[] ids)
    {
        using var encoded = network.Encode(ids);
        return network.StartDecoding([encoded]);
    }

    private static int[] Chain(int count) => [DecoderSession.Root(0), .. Enumerable.Range(0, count - 1)];

    private static int[] Ids(Random random, LongT5Config config, int count)
        => [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabSize))];

    private static unsafe Span<float> Writable(EncodedStates states, int from)
        => new(states.Pointer + (long)from * states.Width, (states.Length - from) * states.Width);
}
