using LongT5.Torch.Layers;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>The four matrices of an attention, and its bias tables in the first layer of a stack.</summary>
sealed class Attention : nn.Module
{
    readonly Linear _q, _k, _v, _o;
    readonly RmsNorm? _globalNorm;

    /// <param name="tables">Whether this is the first layer of a stack, which keeps the biases for all of them.</param>
    /// <param name="global">Whether it attends to the sums of blocks too.</param>
    public Attention(LongT5Config config, TorchOptions options, bool tables, bool global) : base(nameof(Attention))
    {
        register_module("q", _q = new Linear("q", config.DModel, config.InnerWidth, options));
        register_module("k", _k = new Linear("k", config.DModel, config.InnerWidth, options));
        register_module("v", _v = new Linear("v", config.DModel, config.InnerWidth, options));
        register_module("o", _o = new Linear("o", config.InnerWidth, config.DModel, options));
        if (tables)
            register_module("relative_attention_bias",
                Table = new Table(config.RelativeAttentionNumBuckets, config.NumHeads, options));
        if (!global) return;
        if (tables)
            register_module("global_relative_attention_bias",
                GlobalTable = new Table(config.RelativeAttentionNumBuckets, config.NumHeads, options));
        register_module("global_input_layer_norm", _globalNorm = new RmsNorm(config, options, options.MatrixType));
    }

    public Table? Table { get; }

    public Table? GlobalTable { get; }

    /// <param name="input">What asks, normalised: [B, Lq, C].</param>
    /// <param name="memory">What is looked at: the same, or the encoder's output, [B, Lk, C].</param>
    /// <param name="pattern">Who sees whom.</param>
    /// <param name="dropout">On the probabilities.</param>
    /// <param name="looks">Gets the logarithm of the probabilities, in the caller's outer scope.</param>
    public Tensor Forward(
        Tensor input, Tensor memory, AttentionPattern pattern, Dropout dropout, List<Tensor>? looks = null)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (_q.forward(input), _k.forward(memory), _v.forward(memory));
        looks?.Add(FusedAttention.LogProbability(query, key, pattern)
            .MoveToOuterDisposeScope().MoveToOuterDisposeScope());
        Tensor? globalKey = null, globalValue = null;
        if (pattern.Global is { } global)
        {
            var tokens = _globalNorm!.forward(global.Sum(input)); // [B, G, C]
            (globalKey, globalValue) = (_k.forward(tokens), _v.forward(tokens));
        }
        return _o.forward(FusedAttention.Apply(query, key, value, pattern, dropout, globalKey, globalValue))
            .MoveToOuterDisposeScope();
    }
}
