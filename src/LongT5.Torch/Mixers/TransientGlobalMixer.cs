using LongT5.Torch.Layers;

namespace LongT5.Torch.Mixers;

/// <summary>Each token sees those within a radius and the sums of all whole blocks.</summary>
sealed class TransientGlobalMixer(LongT5Config config) : EncoderMixer(config)
{
    readonly LongT5Config _config = config;

    /// <inheritdoc/>
    public override Attention Attention(Site site, bool isFirst) => new GlobalAttention(site, tables: isFirst);

    /// <summary>Whole blocks, so that the global tokens are sums over a reshaped tensor.</summary>
    public override int Block => _config.GlobalBlockSize;

    /// <inheritdoc/>
    public override AttentionPattern Pattern(Attention first, Batch batch)
    {
        var global = batch.InputLengths.Max() >= _config.GlobalBlockSize ? new GlobalPattern(batch, _config) : null;
        return AttentionPattern.Local(
            first.Table!.Weight, _config.LocalRadius, batch, _config, global,
            ((GlobalAttention)first).GlobalTable!.Weight);
    }
}
