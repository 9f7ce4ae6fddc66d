using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>
/// A token sees its neighbours within a radius and a summary of each block of tokens, made anew in each layer (Guo et
/// al. 2022, section 3.1.2).
/// </summary>
sealed unsafe class TransientGlobalAttention : TokenMixer
{
    private readonly LongT5Config _config;
    private readonly WindowWeights _weights;
    private readonly nint[] _norms;                                                   // of the summaries: each [C]
    // of a block's distance: [buckets, H]
    private readonly float* _table;

    public TransientGlobalAttention(LongT5Config config, Weights weights)
    {
        (_config, _weights) = (config, new(config, weights));
        _table = weights.Vector($"{WindowWeights.Module(config, 0)}.global_relative_attention_bias.weight");
        _norms = [.. Enumerable.Range(0, config.NumLayers)
            .Select(i => (nint)weights.Vector($"{WindowWeights.Module(config, i)}.global_input_layer_norm.weight"))];
    }

    public override Sublayer Start(RaggedBatch batch, Arena arena, Workers workers)
    {
        // Inputs shorter than a block have no summaries at all.
        var globals = batch.Inputs.Any(input => _config.GlobalTokens(input.Length) > 0)
            ? new GlobalTokens(_config, _norms, _table, batch, arena, workers)
            : null;
        return new WindowAttention(_config, _weights, batch, _config.LocalRadius, globals, arena, workers);
    }
}
