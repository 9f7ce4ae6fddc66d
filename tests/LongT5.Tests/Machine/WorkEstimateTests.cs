using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model;
using LongT5.Tests.Model;

namespace LongT5.Tests.Machine;

/// <summary>
/// What is reckoned beside what is held, by the buffers themselves. Alone, because the peak is the process's.
/// </summary>
[Collection(nameof(Alone))]
public class WorkEstimateTests
{
    public static TheoryData<int, int, ElementType, EncoderAttention, bool> Cases()
    {
        var cases = new TheoryData<int, int, ElementType, EncoderAttention, bool>();
        foreach (var tokens in new[] { 1000, 5000, 12000 })
            foreach (var beams in new[] { 1, 4 })
                foreach (var type in new[] { ElementType.F32, ElementType.BF16 })
                    cases.Add(tokens, beams, type, tokens == 5000
                        ? EncoderAttention.Local : EncoderAttention.TransientGlobal, beams == 4);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_estimate_is_within_a_fifth_of_the_measured_peak(
        int tokens, int beams, ElementType crossType, EncoderAttention attention, bool gated)
    {
        var config = new LongT5Config
        {
            VocabSize = 500,
            DModel = 128,
            DKv = 32,
            NumHeads = 4,
            DFf = 256,
            NumLayers = 2,
            NumDecoderLayers = 3,
            IsGatedAct = gated,
            EncoderAttentionType = attention,
        };
        const int NewTokens = 100;
        using var random = new RandomModel(config, ElementType.F32, 7);
        var options = new EngineOptions { CrossType = crossType };
        using var network = random.Load(Workers.Shared, options);
        var ids = Enumerable.Range(0, tokens).Select(i => 2 + i % 400).ToArray();
        Scratch.Clear();
        NativeBuffer.ForgetPeak();
        var before = NativeBuffer.BytesHeld;

        using (var encoded = network.Encode(ids))
        using (var session = network.StartDecoding([encoded]))
        {
            var logits = new float[beams * session.VocabularySize];
            var leaves = Enumerable.Repeat(-1, beams).ToArray();
            for (var step = 0; step < NewTokens; step++)
            {
                var first = session.Extend(leaves, [.. leaves.Select((_, i) => 2 + (step + i) % 400)], logits);
                leaves = [.. leaves.Select((_, i) => first + i)];
            }
        }

        // What waits for the next call is not the request's; it belongs to the process.
        var waiting = NativeBuffer.BytesHeld - before;
        var measured = NativeBuffer.PeakBytes - before - waiting;
        var estimated = network.Estimate(tokens, beams, NewTokens).Bytes - WorkEstimate.OfProcess;
        Assert.True(estimated >= 0.95 * measured && estimated <= 1.2 * measured,
            $"estimated {estimated >> 10} KiB, measured {measured >> 10} KiB");
    }

    [Theory]
    [InlineData(null), InlineData(48)]
    public void Of_kernelized_attention_the_far_sums_of_one_head_a_processor_are_reckoned(int? features)
    {
        var config = new LongT5Config
        {
            VocabSize = 500,
            DModel = 64,
            DKv = 64,
            NumHeads = 16,
            DFf = 128,
            NumLayers = 1,
            NumDecoderLayers = 1,
            EncoderAttentionType = EncoderAttention.Local,
            Extensions = new() { Kernelized = new(features, features) },
        };
        using var random = new RandomModel(config, ElementType.F32, 7);
        using var network = random.Load(Workers.Shared, new());
        int[] ids = [.. Enumerable.Range(0, 16_000).Select(i => 2 + i % 400)];
        Scratch.Clear();
        NativeBuffer.ForgetPeak();
        var before = NativeBuffer.BytesHeld;
        network.Encode(ids).Dispose();
        var measured = NativeBuffer.PeakBytes - before - (NativeBuffer.BytesHeld - before);
        var estimated = network.Estimate(ids.Length, 1, 0).Bytes - WorkEstimate.OfProcess;
        Assert.True(estimated >= 0.95 * measured && estimated <= 1.1 * measured,
            $"estimated {estimated >> 10} KiB, measured {measured >> 10} KiB");
    }
}
