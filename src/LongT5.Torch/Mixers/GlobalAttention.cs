using LongT5.Torch.Layers;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>Attention that sees the sums of blocks too.</summary>
sealed class GlobalAttention : Attention
{
    readonly RmsNorm _norm;

    /// <inheritdoc/>
    public GlobalAttention(Site site, bool tables) : base(site, tables)
    {
        var (config, options) = (site.Config, site.Options);
        if (tables)
            register_module("global_relative_attention_bias",
                GlobalTable = new Table(config.RelativeAttentionNumBuckets, config.NumHeads, options));
        register_module("global_input_layer_norm", _norm = new RmsNorm(config, options, options.MatrixType));
    }

    public Table? GlobalTable { get; }

    /// <inheritdoc/>
    protected override Tensor Mix(
        Tensor input, Tensor query, Tensor key, Tensor value, AttentionPattern pattern, Dropout dropout)
    {
        if (pattern.Global is not { } global) return base.Mix(input, query, key, value, pattern, dropout);
        var tokens = _norm.forward(global.Sum(input)); // [B, G, C]
        return FusedAttention.Apply(query, key, value, pattern, dropout, Key.forward(tokens), Value.forward(tokens));
    }
}
