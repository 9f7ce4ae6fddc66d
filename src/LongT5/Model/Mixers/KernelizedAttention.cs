using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>
/// A token sees its neighbours within a radius exactly and all others through features of their keys, in linear time:
/// one softmax over near and far.
/// </summary>
sealed unsafe class KernelizedAttention : TokenMixer
{
    private readonly LongT5Config _config;
    private readonly WindowWeights _weights;
    // of each layer: [H, features, D]; 0 for elu + 1
    private readonly nint[] _features;

    public KernelizedAttention(LongT5Config config, Weights weights)
    {
        (_config, _weights) = (config, new(config, weights));
        _features = [.. Enumerable.Range(0, config.NumLayers).Select(i => config.Extensions.Kernelized!.Features is null
            ? 0
            : (nint)weights.Vector($"{WindowWeights.Module(config, i)}.features"))];
    }

    public override Sublayer Start(RaggedBatch batch, Arena arena, Workers workers)
        => new WindowAttention(_config, _weights, batch, _config.LocalRadius, globals: null, arena, workers,
            tokens => new FarTokens(_config, _features, (float*)_weights.Tables[0], tokens, batch, arena, workers));
}
