using LongT5.Torch.Mixers;
using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>
/// One layer: a convolution where it has one, self-attention, in the decoder attention to the encoder, feed-forward.
/// </summary>
sealed class Layer : nn.Module
{
    Layer(Site site, Convolution? convolution, SelfAttention self, params Sublayer[] others) : base(site.Name)
    {
        Self = self.Inner;
        Sublayers = [self, .. others];
        register_module("layer", new ModuleList<nn.Module>([.. Sublayers]));
        if (convolution is null) return;
        Sublayers = [convolution, .. Sublayers];
        register_module("convolution", convolution);
    }

    /// <summary>A layer of the encoder.</summary>
    /// <param name="site">Where it stands.</param>
    /// <param name="number">Its number, from 0; the first keeps the bias tables of all.</param>
    public static Layer OfEncoder(Site site, int number)
    {
        var mixer = EncoderMixer.Of(site.Config);
        var attention = mixer.Attention(site.At($"layer.0.{mixer.Name}"), isFirst: number == 0);
        return new(site,
            site.Config.Extensions.Convolution is { } convolution && number < convolution.Layers
                ? new(site.At("convolution"), convolution.Kernel) : null,
            new(site.At("layer.0"), mixer.Name, attention), FeedForward(site.At("layer.1")));
    }

    /// <summary>A layer of the decoder.</summary>
    /// <inheritdoc cref="OfEncoder"/>
    public static Layer OfDecoder(Site site, int number)
    {
        const string Self = "SelfAttention", Cross = "EncDecAttention";
        return new(site, convolution: null,
            new(site.At("layer.0"), Self, new Attention(site.At($"layer.0.{Self}"), tables: number == 0)),
            new CrossAttention(site.At("layer.1"), Cross, new Attention(site.At($"layer.1.{Cross}"), tables: false)),
            FeedForward(site.At("layer.2")));
    }

    /// <summary>The self-attention's weights.</summary>
    public Attention Self { get; }

    /// <summary>Its parts, in the order in which they add to the states.</summary>
    public IReadOnlyList<Sublayer> Sublayers { get; }

    /// <summary>Each part adds to what those before it left.</summary>
    /// <param name="x">[B, L, C]</param>
    /// <param name="pass">What the layers share.</param>
    /// <param name="dropout">The layer's.</param>
    /// <returns>[B, L, C]</returns>
    public Tensor Forward(Tensor x, StackPass pass, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        foreach (var sublayer in Sublayers) x = x.add(sublayer.Branch(x, pass, dropout), Number.One);
        pass.Looks?[^1].MoveToOuterDisposeScope();
        return x.MoveToOuterDisposeScope();
    }

    static TokenFeedForward FeedForward(Site site)
    {
        const string Name = "DenseReluDense";
        return new(site, Name, new FeedForward(site.At(Name)));
    }
}
