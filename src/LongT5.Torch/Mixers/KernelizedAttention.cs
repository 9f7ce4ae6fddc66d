using LongT5.Torch.Layers;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>Attention that sees far keys through features, in linear time.</summary>
sealed class KernelizedAttention : Attention
{
    readonly FeatureMap _map;

    /// <inheritdoc/>
    public KernelizedAttention(Site site, bool tables) : base(site, tables)
    {
        _map = new EluMap();
        if (site.Config.Extensions.Kernelized!.Features is not { } count) return;
        // Drawn once and kept, never trained.
        var features = zeros(site.Config.NumHeads, count, site.Config.DKv, device: site.Options.Device);
        register_buffer("features", features);
        _map = new FavorMap(features);
    }

    /// <inheritdoc/>
    protected override Tensor Mix(
        Tensor input, Tensor query, Tensor key, Tensor value, AttentionPattern pattern, Dropout dropout)
        => NearAndFar.Apply(query, key, value, pattern, _map);
}
