namespace LongT5.Torch.Mixers;

/// <summary>Each token sees those within a radius.</summary>
sealed class LocalMixer(LongT5Config config) : EncoderMixer(config)
{
    readonly LongT5Config _config = config;

    /// <inheritdoc/>
    public override AttentionPattern Pattern(Attention first, Batch batch)
        => AttentionPattern.Local(first.Table!.Weight, _config.LocalRadius, batch, _config);
}
