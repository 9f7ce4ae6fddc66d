using LongT5.Formats;
using LongT5.Torch.Layers;

namespace LongT5.Torch.Mixers;

/// <summary>How the encoder's tokens see each other: chosen once, by the configuration.</summary>
abstract class EncoderMixer(LongT5Config config)
{
    /// <summary>The mixer of a configuration.</summary>
    public static EncoderMixer Of(LongT5Config config) => config.EncoderAttentionType switch
    {
        EncoderAttention.TransientGlobal => new TransientGlobalMixer(config),
        EncoderAttention.Local when config.Extensions.Kernelized is not null => new KernelizedMixer(config),
        EncoderAttention.Local => new LocalMixer(config),
        _ => new FullMixer(config),
    };

    /// <summary>The name of its sub-layer in checkpoints.</summary>
    public string Name => WeightShapes.EncoderAttention(config);

    /// <summary>The attention of a layer.</summary>
    /// <param name="site">Where it stands.</param>
    /// <param name="isFirst">Whether it keeps the bias tables of all layers.</param>
    public virtual Attention Attention(Site site, bool isFirst) => new(site, tables: isFirst);

    /// <summary>Inputs are padded to a multiple of this.</summary>
    public virtual int Block => 1;

    /// <summary>Who sees whom in a batch.</summary>
    /// <param name="first">The attention of the first layer, which keeps the bias tables.</param>
    /// <param name="batch">The inputs.</param>
    public abstract AttentionPattern Pattern(Attention first, Batch batch);
}
