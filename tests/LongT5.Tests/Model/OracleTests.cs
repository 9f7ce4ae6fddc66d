using CsCheck;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;

namespace LongT5.Tests.Model;

/// <summary>The engine equals whole attention under a mask, whatever the shape.</summary>
public sealed class OracleTests
{
    [Fact]
    public void Any_shape_computes_what_its_definition_says()
        => Gen.Select(RandomModel.AnyConfig, RandomModel.AnyType, Gen.Int[1, 90], Gen.Int[1, 20], Gen.Int)
            .Sample(Check, iter: 100, threads: 1);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(15), InlineData(16), InlineData(17), InlineData(127), InlineData(128),
        InlineData(129)]
    [InlineData(255), InlineData(256), InlineData(257), InlineData(1000)]
    public void Lengths_around_a_block_are_no_exception(int length)
    {
        foreach (var (radius, block) in new[] { (3, 3), (5, 16), (127, 16) })
        {
            foreach (var attention in Enum.GetValues<EncoderAttention>())
            {
                Check(new()
                {
                    DModel = 12,
                    DKv = 8,
                    DFf = 10,
                    NumHeads = 2,
                    NumLayers = 1,
                    NumDecoderLayers = 1,
                    LocalRadius = radius,
                    GlobalBlockSize = block,
                    EncoderAttentionType = attention,
                    VocabSize = 30,
                }, ElementType.F32, length, 3, length);
            }
        }
    }

    private static void Check(LongT5Config config, ElementType type, int length, int decoded, int seed)
    {
        using var model = new RandomModel(config, type, seed);
        using var network = model.Load(Workers.Shared);
        var oracle = new DenseLongT5(model);
        var random = new Random(seed);
        var ids = random.GetItems(Enumerable.Range(0, config.VocabSize).ToArray(), length);
        var tokens = random.GetItems(Enumerable.Range(0, config.VocabSize).ToArray(), decoded);

        using var encoded = network.Encode(ids);
        var states = oracle.Encode(ids);
        GoldenModelTests.Agrees(Flat(states), encoded.States, $"{config}: states");

        using var session = network.StartDecoding([encoded]);
        var logits = new float[decoded * config.VocabSize];
        session.Extend([.. Enumerable.Range(0, decoded).Select(i => i == 0 ? DecoderSession.Root(0) : i - 1)],
            tokens, logits);
        GoldenModelTests.Agrees(Flat(oracle.Decode(states, tokens)), logits, $"{config}: logits");
    }

    private static float[] Flat(double[,] x) => [.. x.Cast<double>().Select(value => (float)value)];
}
