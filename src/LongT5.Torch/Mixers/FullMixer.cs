namespace LongT5.Torch.Mixers;

/// <summary>Each token sees every other: the encoder of T5.</summary>
sealed class FullMixer(LongT5Config config) : EncoderMixer(config)
{
    readonly LongT5Config _config = config;

    /// <inheritdoc/>
    public override AttentionPattern Pattern(Attention first, Batch batch)
        => AttentionPattern.Local(first.Table!.Weight, batch.InputLength, batch, _config);
}
