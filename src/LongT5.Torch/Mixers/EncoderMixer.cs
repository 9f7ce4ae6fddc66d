using LongT5.Formats;

namespace LongT5.Torch.Mixers;

/// <summary>How the encoder's tokens see each other: chosen once, by the configuration.</summary>
abstract class EncoderMixer(LongT5Config config)
{
    /// <summary>The mixer of a configuration.</summary>
    public static EncoderMixer Of(LongT5Config config) => config.EncoderAttentionType switch
    {
        EncoderAttention.TransientGlobal => new TransientGlobalMixer(config),
        EncoderAttention.Local => new LocalMixer(config),
        _ => new FullMixer(config),
    };

    /// <summary>The name of its sub-layer in checkpoints.</summary>
    public string Name => WeightShapes.EncoderAttention(config);

    /// <summary>Whether its attention has a norm and a bias table for global tokens.</summary>
    public virtual bool IsGlobal => false;

    /// <summary>Inputs are padded to a multiple of this.</summary>
    public virtual int Block => 1;

    /// <summary>Who sees whom in a batch.</summary>
    /// <param name="first">The attention of the first layer, which keeps the bias tables.</param>
    /// <param name="batch">The inputs.</param>
    public abstract AttentionPattern Pattern(Attention first, Batch batch);
}
