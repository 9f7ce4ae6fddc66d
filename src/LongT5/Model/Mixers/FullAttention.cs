using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>A token sees all tokens of its input: T5.1.1.</summary>
sealed class FullAttention(LongT5Config config, Weights weights) : TokenMixer
{
    private readonly WindowWeights _weights = new(config, weights);

    public override Sublayer Start(RaggedBatch batch, Arena arena, Workers workers)
        => new WindowAttention(config, _weights, batch, int.MaxValue, globals: null, arena, workers);
}
