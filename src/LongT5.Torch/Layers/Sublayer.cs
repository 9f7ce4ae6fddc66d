using LongT5.Torch.Adapters;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>A part of a layer with the norm before it; a bottleneck may follow it.</summary>
abstract class Sublayer(string name) : nn.Module(name)
{
    protected Bottleneck? Bottleneck { get; private set; }

    /// <summary>Whether it is a feed-forward.</summary>
    public abstract bool IsFeedForward { get; }

    /// <summary>Puts a bottleneck behind the part; its parameters are this module's from now on.</summary>
    public void Attach(Bottleneck bottleneck)
    {
        Bottleneck = bottleneck;
        register_module("adapter_down", bottleneck.Down);
        register_module("adapter_up", bottleneck.Up);
    }
}

/// <summary>A sub-layer of a kind.</summary>
sealed class Sublayer<T> : Sublayer where T : nn.Module
{
    readonly RmsNorm _norm;

    public Sublayer(string name, T inner, LongT5Config config, TorchOptions options) : base(name)
    {
        Inner = inner;
        register_module(name, inner);
        register_module("layer_norm", _norm = new RmsNorm(config, options, options.MatrixType));
    }

    public T Inner { get; }

    public override bool IsFeedForward => Inner is FeedForward;

    /// <returns>x + bottleneck(dropout(part(norm(x))))</returns>
    public Tensor Add(Tensor x, Func<T, Tensor, Tensor> part, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        var output = dropout.Apply(part(Inner, _norm.forward(x)), 0);
        return x.add(Bottleneck?.Forward(output) ?? output, Number.One).MoveToOuterDisposeScope();
    }
}
