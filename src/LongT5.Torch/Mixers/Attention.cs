using LongT5.Torch.Layers;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>The four matrices of an attention, and its bias table in the first layer of a stack.</summary>
class Attention : nn.Module
{
    readonly Linear _q, _o;

    /// <param name="site">Where it stands.</param>
    /// <param name="tables">Whether this is the first layer of a stack, which keeps the biases for all of them.</param>
    public Attention(Site site, bool tables) : base(nameof(Attention))
    {
        var config = site.Config;
        register_module("q", _q = site.Linear("q", config.DModel, config.InnerWidth));
        register_module("k", Key = site.Linear("k", config.DModel, config.InnerWidth));
        register_module("v", Value = site.Linear("v", config.DModel, config.InnerWidth));
        register_module("o", _o = site.Linear("o", config.InnerWidth, config.DModel));
        if (tables)
            register_module("relative_attention_bias",
                Table = new Table(config.RelativeAttentionNumBuckets, config.NumHeads, site.Options));
    }

    public Table? Table { get; }

    protected Linear Key { get; }

    protected Linear Value { get; }

    /// <param name="input">What asks, normalised: [B, Lq, C].</param>
    /// <param name="memory">What is looked at: the same, or the encoder's output, [B, Lk, C].</param>
    /// <param name="pattern">Who sees whom.</param>
    /// <param name="dropout">On the probabilities.</param>
    /// <param name="looks">Gets the logarithm of the probabilities, in the caller's outer scope.</param>
    public Tensor Forward(
        Tensor input, Tensor memory, AttentionPattern pattern, Dropout dropout, List<Tensor>? looks = null)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = (_q.forward(input), Key.forward(memory), Value.forward(memory));
        looks?.Add(FusedAttention.LogProbability(query, key, pattern)
            .MoveToOuterDisposeScope().MoveToOuterDisposeScope());
        return _o.forward(Mix(input, query, key, value, pattern, dropout)).MoveToOuterDisposeScope();
    }

    /// <summary>What the queries see.</summary>
    /// <param name="input">[B, Lq, C]</param>
    /// <param name="query">[B, Lq, H D]</param>
    /// <param name="key">[B, Lk, H D]</param>
    /// <param name="value">[B, Lk, H D]</param>
    /// <returns>[B, Lq, H D]</returns>
    protected virtual Tensor Mix(
        Tensor input, Tensor query, Tensor key, Tensor value, AttentionPattern pattern, Dropout dropout)
        => FusedAttention.Apply(query, key, value, pattern, dropout);
}
