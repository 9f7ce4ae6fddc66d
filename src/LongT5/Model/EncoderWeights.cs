using LongT5.Model.Layers;
using LongT5.Model.Mixers;

namespace LongT5.Model;

/// <summary>The weights of the encoder.</summary>
sealed unsafe class EncoderWeights
{
    public EncoderWeights(LongT5Config config, Weights weights)
    {
        Embedding = weights.Embedding("encoder");
        Mixer = TokenMixer.Of(config, weights);
        FeedForward = [.. Enumerable.Range(0, config.NumLayers)
            .Select(i => new FeedForwardWeights(weights, $"encoder.block.{i}.layer.1", config.IsGatedAct))];
        Convolution = [.. Enumerable.Range(0, config.Extensions.Convolution?.Layers ?? 0)
            .Select(i => new ConvolutionWeights(config, weights, i))];
        Norm = weights.Vector("encoder.final_layer_norm.weight");
    }

    public Embedding Embedding { get; }

    public TokenMixer Mixer { get; }

    public FeedForwardWeights[] FeedForward { get; }

    /// <summary>Of the first layers.</summary>
    public ConvolutionWeights[] Convolution { get; }

    /// <summary>[C]</summary>
    public float* Norm { get; }
}
