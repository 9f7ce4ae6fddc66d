using LongT5.Torch.Layers;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>Each token sees those within a radius exactly, and all others through features.</summary>
sealed class KernelizedMixer(LongT5Config config) : EncoderMixer(config)
{
    readonly LongT5Config _config = config;

    /// <inheritdoc/>
    public override Attention Attention(Site site, bool isFirst) => new KernelizedAttention(site, tables: isFirst);

    /// <summary>All far keys of a side share a bias, that of the last bucket.</summary>
    public override AttentionPattern Pattern(Attention first, Batch batch)
    {
        var (table, buckets) = (first.Table!.Weight, _config.RelativeAttentionNumBuckets);
        var last = tensor(new long[] { buckets / 2 - 1, buckets - 1 }, device: table.device);
        return AttentionPattern.Local(table, _config.LocalRadius, batch, _config) with
        {
            FarBias = table.index_select(0, last),
        };
    }
}
