using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>A token sees its neighbours within a radius (Guo et al. 2022, section 3.1.1).</summary>
sealed class LocalAttention(LongT5Config config, Weights weights) : TokenMixer
{
    private readonly WindowWeights _weights = new(config, weights);

    public override Sublayer Start(RaggedBatch batch, Arena arena, Workers workers)
        => new WindowAttention(config, _weights, batch, config.LocalRadius, globals: null, arena, workers);
}
