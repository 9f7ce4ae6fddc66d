using CsCheck;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Model.Mixers;

namespace LongT5.Tests.Model;

/// <summary>What a model may have beyond the published LongT5.</summary>
public sealed class VariantTests
{
    private const string Missing = "LONGT5_GOLDENS names the recorded results.";

    internal static readonly Gen<LongT5Config> AnyExtended =
        from config in RandomModel.AnyConfig
        from convolution in Gen.Select(Gen.Bool, Gen.Int[0, 4])
        from stride in Gen.Int[1, 4]
        from reversible in Gen.Bool
        from rank in Gen.Int[0, 4]
        from kernelized in Gen.Select(Gen.Bool, Gen.Int[0, 9])
        select config with
        {
            Extensions = new()
            {
                Convolution = convolution.Item1 ? new(2 * convolution.Item2 + 1, config.NumLayers) : null,
                PoolingStride = stride,
                IsReversible = reversible,
                EmbeddingRank = rank > 0 ? rank : null,
                LowRank = rank % 2 == 1
                    ? new Dictionary<string, int> { ["decoder.block.0.layer.1.EncDecAttention.q"] = 1 } : [],
                Kernelized = kernelized.Item1 && config.EncoderAttentionType == EncoderAttention.Local
                    ? new(kernelized.Item2 > 0 ? kernelized.Item2 : null, null)
                    : null,
            },
        };

    public static bool Here => Goldens.Whole;

    public static TheoryData<string> Recorded() => Here
        ? [.. Goldens.Folders("variants").Where(name => name != "low-rank-svd")] : [""];

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void A_variant_gives_the_oracles_states_and_logits(string name)
    {
        using var cases = Safetensors.Open(Goldens.Path("variants", name, "cases.safetensors"));
        using var checkpoint = Checkpoint.Open(Goldens.Path("variants", name));
        using var network = Network.Load(checkpoint, Workers.Shared);
        foreach (var (key, ids) in cases.Tensors.Where(tensor
            => tensor.Key.StartsWith("encoder.", StringComparison.Ordinal)
                && tensor.Key.EndsWith("input_ids", StringComparison.Ordinal)))
        {
            using var encoded = network.Encode(ids.ToIntegers(0, (int)ids.Count));
            GoldenModelTests.Agrees(
                cases.Tensors[key.Replace("input_ids", "last_hidden_state", StringComparison.Ordinal)].ToArray(),
                encoded.States, $"{name}/{key}");
        }
        var (fed, read) = (cases.Tensors["forced.decoder_input_ids"], cases.Tensors["forced.input_ids"]);
        var logits = Logits(network, read.ToIntegers(0, (int)read.Count), fed.ToIntegers(0, (int)fed.Count),
            (int)fed.Count);
        var positions = cases.Tensors["forced.positions"].ToIntegers(0, (int)cases.Tensors["forced.positions"].Count);
        GoldenModelTests.Agrees(cases.Tensors["forced.logits"].ToArray(),
            [.. positions.SelectMany(position => logits[position])], $"{name}/forced");
    }

    [Fact]
    public void An_input_is_read_and_written_on_alike_alone_in_a_batch_step_by_step_and_on_any_number_of_threads()
        => Gen.Select(AnyExtended, InvarianceTests.AnyOptions, Gen.Int[1, 200], Gen.Int)
            .Sample((config, options, length, seed) =>
        {
            using var model = new RandomModel(config, ElementType.F32, seed);
            using var workers = new Workers(3);
            using Network one = model.Load(Workers.Shared, options), other = model.Load(workers, options);
            var random = new Random(seed);
            int[] Ids(int count) => random.GetItems(Enumerable.Range(0, config.VocabSize).ToArray(), count);
            int[] ids = Ids(length), fed = Ids(20);
            using var alone = one.Encode(ids);
            var batch = other.EncodeBatch([Ids(random.Next(1, 300)), ids, Ids(7)]);
            Assert.Equal(config.EncodedTokens(length), alone.Length);
            Assert.Equal(alone.States, batch[1].States);
            foreach (var input in batch)
                input.Dispose();
            Assert.DoesNotContain(alone.States.ToArray(), float.IsNaN);
            Assert.Equal(Logits(one, ids, fed, fed.Length), Logits(other, ids, fed, 3));
        }, iter: 40, threads: 1);

    [Theory, InlineData(ElementType.BF16, 0.02f), InlineData(ElementType.I8, 0.02f)]
    public void Fewer_bits_are_near_the_exact_weights_of_every_variant(ElementType type, float closeness)
    {
        foreach (var kernelized in new KernelizedExtension?[] { null, new(null, null), new(16, 3) })
            foreach (var isReversible in new[] { false, true })
            {
                var config = new LongT5Config
                {
                    DModel = 32,
                    DKv = 8,
                    DFf = 48,
                    NumHeads = 4,
                    NumLayers = 3,
                    NumDecoderLayers = 2,
                    VocabSize = 60,
                    LocalRadius = 9,
                    EncoderAttentionType = EncoderAttention.Local,
                    Extensions = new()
                    {
                        IsReversible = isReversible,
                        Kernelized = kernelized,
                        Convolution = new(5, 2),
                        PoolingStride = 2,
                        EmbeddingRank = 12,
                    },
                };
                using var model = new RandomModel(config, ElementType.F32, 5);
                using Network exact = model.Load(Workers.Shared),
                    rounded = model.Load(Workers.Shared, new() { WeightType = type });
                int[] ids = [.. Enumerable.Range(0, 90).Select(i => i * 7 % 60)], fed = [0, 3, 9, 27];
                float[] expected = [.. Logits(exact, ids, fed, 4).SelectMany(row => row)],
                    logits = [.. Logits(rounded, ids, fed, 4).SelectMany(row => row)];
                var apart = expected.Zip(logits, (a, b) => MathF.Abs(a - b)).Max() / expected.Max(MathF.Abs);
                Assert.True(apart <= closeness, $"{kernelized}, reversible {isReversible}: {apart}");
                Assert.NotEqual(expected, logits);
            }
    }

    [Fact]
    public void Kernelized_attention_within_reach_of_all_tokens_is_full_attention()
    {
        var local = new LongT5Config
        {
            DModel = 16,
            DKv = 4,
            DFf = 24,
            NumHeads = 3,
            NumLayers = 2,
            NumDecoderLayers = 1,
            VocabSize = 40,
            LocalRadius = 59,
            Extensions = new() { Kernelized = new(null, null) },
        };
        using var kernelized = new RandomModel(local, ElementType.F32, 5);
        using var plain = new RandomModel(
            local with { EncoderAttentionType = EncoderAttention.Full, Extensions = ModelExtensions.None },
            ElementType.F32, 5);
        int[] ids = [.. Enumerable.Range(0, 60).Select(i => i * 7 % 40)];
        using Network first = kernelized.Load(Workers.Shared), second = plain.Load(Workers.Shared);
        using EncodedInput a = first.Encode(ids), b = second.Encode(ids);
        GoldenModelTests.Agrees(b.States, a.States, "kernelized");
        int[] longer = [.. ids, 3];
        using EncodedInput c = first.Encode(longer), d = second.Encode(longer);
        Assert.NotEqual(d.States.ToArray(), c.States.ToArray());
    }

    [Theory, InlineData(1), InlineData(8), InlineData(40)]
    public unsafe void Sums_over_features_are_those_of_double_precision_at_any_scale(int scale)
    {
        const int Width = 4, Features = 6, Keys = 50;
        var random = new Random(scale);
        float[] Some(int count, double size)
            => [.. Enumerable.Range(0, count).Select(_ => (float)(size * (2 * random.NextDouble() - 1)))];
        float[] w = Some(Features * Width, 1.5), keys = Some(Keys * Width, scale), values = Some(Keys * Width, 1),
        query = Some(Width, scale);
        var (memory, mean) = (new float[FavorSums.Length(Width, Features)], new float[Width]);
        fixed (float* wAt = w, memoryAt = memory, keyAt = keys, valueAt = values, queryAt = query, meanAt = mean)
        {
            var sums = new FavorSums(Width, Features, wAt, memoryAt);
            sums.Clear();
            for (var key = 0; key < Keys; key++)
                sums.Add(keyAt + key * Width, valueAt + key * Width);
            var log = sums.Look(queryAt, meanAt);

            // log sum over keys and features of exp(W q - |q|²/2 + W k - |k|²/2) / M
            var exponents = Enumerable.Range(0, Keys).Select(key => LogSum([.. Enumerable.Range(0, Features)
                .Select(f => Exponent(f, query, 0) + Exponent(f, keys, key))]) - Math.Log(Features)).ToArray();
            var expected = LogSum(exponents);
            Assert.Equal(expected, log, 1e-5 * Math.Max(1, Math.Abs(expected)));
            for (var i = 0; i < Width; i++)
            {
                var value = Enumerable.Range(0, Keys)
                    .Sum(key => Math.Exp(exponents[key] - expected) * values[key * Width + i]);
                Assert.Equal(value, mean[i], 1e-5 * scale);
            }
        }

        double Exponent(int feature, float[] x, int row) => Enumerable.Range(0, Width).Sum(i
            => (double)w[feature * Width + i] * x[row * Width + i] - x[row * Width + i]
                * (double)x[row * Width + i] / 2);
        static double LogSum(double[] x) => x.Max() + Math.Log(x.Sum(one => Math.Exp(one - x.Max())));
    }

    private static float[][] Logits(Network network, int[] ids, int[] fed, int atOnce)
    {
        using var encoded = network.Encode(ids);
        using var session = network.StartDecoding([encoded]);
        var all = new List<float[]>();
        for (var first = 0; first < fed.Length; first += atOnce)
        {
            var count = Math.Min(atOnce, fed.Length - first);
            var logits = new float[count * session.VocabularySize];
            int[] parents = [.. Enumerable.Range(first, count).Select(i => i == 0 ? DecoderSession.Root(0) : i - 1)];
            session.Extend(parents, fed.AsSpan(first, count), logits);
            all.AddRange(logits.Chunk(session.VocabularySize));
        }
        return [.. all];
    }
}
