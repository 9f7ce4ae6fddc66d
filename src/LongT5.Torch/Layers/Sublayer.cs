using LongT5.Torch.Adapters;
using LongT5.Torch.Mixers;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>A part of a layer with the norm before it; a bottleneck may follow it.</summary>
abstract class Sublayer : nn.Module
{
    readonly RmsNorm _norm;
    readonly int _place;
    Bottleneck? _bottleneck;

    /// <param name="site">Where it stands.</param>
    /// <param name="place">The place of its dropout in the layer; the next is its output's.</param>
    /// <param name="parts">What it is made of.</param>
    protected Sublayer(Site site, int place, params (string Name, nn.Module Module)[] parts) : base(site.Name)
    {
        _place = place;
        foreach (var (name, module) in parts) register_module(name, module);
        register_module("layer_norm", _norm = new RmsNorm(site.Config, site.Options, site.Options.MatrixType));
    }

    /// <summary>Whether a bottleneck follows it in an adapter of this method.</summary>
    public abstract bool IsAdapted(AdapterMethod method);

    /// <summary>Puts a bottleneck behind the part; its parameters are this module's from now on.</summary>
    public void Attach(Bottleneck bottleneck)
    {
        _bottleneck = bottleneck;
        register_module("adapter_down", bottleneck.Down);
        register_module("adapter_up", bottleneck.Up);
    }

    /// <summary>What it adds to the states.</summary>
    /// <param name="x">[B, L, C]</param>
    /// <param name="pass">What it shares with the others.</param>
    /// <param name="layer">The dropout of its layer.</param>
    /// <returns>bottleneck(dropout(part(norm(x)))), [B, L, C]</returns>
    public Tensor Branch(Tensor x, StackPass pass, Dropout layer)
    {
        using var scope = NewDisposeScope();
        var output = layer.At(_place + 1).Apply(Part(_norm.forward(x), pass, layer.At(_place)), 0);
        return (_bottleneck?.Forward(output) ?? output).MoveToOuterDisposeScope();
    }

    /// <summary>The part.</summary>
    /// <param name="normal">[B, L, C]</param>
    protected abstract Tensor Part(Tensor normal, StackPass pass, Dropout dropout);
}

/// <summary>Tokens of a stack see each other.</summary>
sealed class SelfAttention(Site site, string name, Attention attention) : Sublayer(site, 0, (name, attention))
{
    /// <summary>Its weights.</summary>
    public Attention Inner => attention;

    public override bool IsAdapted(AdapterMethod method) => method == AdapterMethod.Houlsby;

    protected override Tensor Part(Tensor normal, StackPass pass, Dropout dropout)
        => attention.Forward(normal, normal, pass.Self, dropout);
}

/// <summary>Tokens of the decoder see the encoder's output.</summary>
sealed class CrossAttention(Site site, string name, Attention attention) : Sublayer(site, 2, (name, attention))
{
    public override bool IsAdapted(AdapterMethod method) => method == AdapterMethod.Houlsby;

    protected override Tensor Part(Tensor normal, StackPass pass, Dropout dropout)
        => attention.Forward(normal, pass.Memory!, pass.Cross!, dropout, pass.Looks);
}

/// <summary>Each token by itself.</summary>
sealed class TokenFeedForward(Site site, string name, FeedForward inner) : Sublayer(site, 4, (name, inner))
{
    public override bool IsAdapted(AdapterMethod method) => true;

    protected override Tensor Part(Tensor normal, StackPass pass, Dropout dropout) => inner.Forward(normal, dropout);
}
