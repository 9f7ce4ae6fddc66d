using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>
/// How the tokens of the encoder see each other: the weights of all layers, and how a run of them begins.
/// </summary>
abstract class TokenMixer
{
    /// <summary>The mixer of a model: the only place where the kind of attention chooses code.</summary>
    public static TokenMixer Of(LongT5Config config, Weights weights) => config.EncoderAttentionType switch
    {
        EncoderAttention.Local when config.Extensions.Kernelized is not null =>
            new KernelizedAttention(config, weights),
        EncoderAttention.Local => new LocalAttention(config, weights),
        EncoderAttention.TransientGlobal => new TransientGlobalAttention(config, weights),
        EncoderAttention.Full => new FullAttention(config, weights),
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.EncoderAttentionType,
            "No kind of attention."),
    };

    /// <summary>The sub-layer that mixes the tokens of a batch.</summary>
    /// <param name="batch">The inputs; those of different inputs never see each other.</param>
    /// <param name="arena">Holds its memory.</param>
    /// <param name="workers">Who computes.</param>
    public abstract Sublayer Start(RaggedBatch batch, Arena arena, Workers workers);
}
