using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>The layers of the encoder or of the decoder, and the norm behind them.</summary>
sealed class Stack : nn.Module
{
    readonly ModuleList<Layer> _layers;
    readonly RmsNorm _norm;
    readonly Residual _residual;

    public Stack(LongT5Config config, TorchOptions options, bool isDecoder) : base(isDecoder ? "decoder" : "encoder")
    {
        var site = new Site(config, options, GetName());
        _layers = [.. Enumerable.Range(0, isDecoder ? config.NumDecoderLayers : config.NumLayers).Select(i
            => isDecoder ? Layer.OfDecoder(site.At($"block.{i}"), i)
                : Layer.OfEncoder(site.At($"block.{i}"), i))];
        register_module("block", _layers);
        register_module("final_layer_norm", _norm = new RmsNorm(config, options, ScalarType.Float32));
        _residual = Residual.Of(site);
    }

    /// <summary>The layer that keeps the bias tables.</summary>
    public Layer First => _layers[0];

    /// <param name="x">The embeddings, [B, L, C]; freed here.</param>
    /// <param name="pass">What the layers share.</param>
    /// <param name="dropout">The stack's.</param>
    /// <param name="hidden">Gets the input of each layer and of the norm, where someone wants them.</param>
    /// <returns>[B, L, C]</returns>
    public Tensor Forward(Tensor x, StackPass pass, Dropout dropout, List<Tensor>? hidden = null)
    {
        var joined = _residual.Through([.. _layers], Replace(x, dropout.Apply(x, 0)), pass, dropout, hidden);
        var normal = _norm.forward(joined);
        if (hidden is null) joined.Dispose();
        return Replace(normal, dropout.Apply(normal, _layers.Count + 1));

        static Tensor Replace(Tensor old, Tensor next)
        {
            if (!ReferenceEquals(old, next)) old.Dispose();
            return next;
        }
    }
}
