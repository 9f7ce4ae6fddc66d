using LongT5.Formats;
using LongT5.Torch.Autograd;
using LongT5.Torch.Mixers;
using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>The layers of the encoder or of the decoder, and the norm behind them.</summary>
sealed class Stack : nn.Module
{
    readonly ModuleList<Layer> _layers = [];
    readonly RmsNorm _norm;
    readonly bool _recompute;

    public Stack(LongT5Config config, TorchOptions options, bool isDecoder) : base(isDecoder ? "decoder" : "encoder")
    {
        for (var i = 0; i < (isDecoder ? config.NumDecoderLayers : config.NumLayers); i++)
            _layers.Add(new Layer(config, options, isDecoder, isFirst: i == 0));
        register_module("block", _layers);
        register_module("final_layer_norm", _norm = new RmsNorm(config, options, ScalarType.Float32));
        _recompute = options.Recompute;
    }

    /// <summary>The layer that keeps the bias tables.</summary>
    public Layer First => _layers[0];

    /// <param name="x">The embeddings, [B, L, C]; freed here.</param>
    /// <param name="memory">The encoder's output, for the decoder.</param>
    /// <param name="hidden">Gets the input of each layer and of the norm, where someone wants them.</param>
    /// <param name="looks">
    /// Gets the logarithm of each layer's attention to the memory, where someone wants it; not of layers that are
    /// computed again on the way back.
    /// </param>
    /// <returns>[B, L, C]</returns>
    public Tensor Forward(
        Tensor x, AttentionPattern self, Tensor? memory, AttentionPattern? cross, Dropout dropout,
        List<Tensor>? hidden = null, List<Tensor>? looks = null)
    {
        x = Replace(x, dropout.Apply(x, 0), shown: false);
        for (var i = 0; i < _layers.Count; i++)
        {
            var (layer, place) = (_layers[i], dropout.At(i + 1));
            var next = _recompute && is_grad_enabled()
                ? Recomputed.Run(inputs => layer.Forward(
                    inputs[0]!, self with { Bias = inputs[2], GlobalBias = inputs[3] }, inputs[1], cross, place),
                    x, memory, self.Bias, self.GlobalBias)
                : layer.Forward(x, self, memory, cross, place, looks);
            x = Replace(x, next);
        }
        var normal = _norm.forward(x);
        normal = Replace(normal, dropout.Apply(normal, _layers.Count + 1), shown: false);
        return Replace(x, normal);

        // Autograd keeps what it needs; the handle is ours to free.
        Tensor Replace(Tensor old, Tensor next, bool shown = true)
        {
            if (shown && hidden is not null) hidden.Add(old);
            else if (!ReferenceEquals(old, next)) old.Dispose();
            return next;
        }
    }
}

/// <summary>
/// One layer: self-attention, in the decoder attention to the encoder, feed-forward; each normed before and added.
/// </summary>
sealed class Layer : nn.Module
{
    readonly Sublayer<Attention> _self;
    readonly Sublayer<Attention>? _cross;
    readonly Sublayer<FeedForward> _feedForward;

    public Layer(LongT5Config config, TorchOptions options, bool isDecoder, bool isFirst) : base(nameof(Layer))
    {
        var mixer = isDecoder ? null : EncoderMixer.Of(config);
        _self = new(mixer?.Name ?? "SelfAttention",
            new Attention(config, options, tables: isFirst, mixer is { IsGlobal: true }), config, options);
        if (isDecoder)
            _cross = new("EncDecAttention", new Attention(config, options, tables: false, global: false),
                config, options);
        _feedForward = new("DenseReluDense", new FeedForward(config, options), config, options);
        register_module("layer", _cross is null
            ? new ModuleList<nn.Module>(_self, _feedForward)
            : new ModuleList<nn.Module>(_self, _cross, _feedForward));
    }

    /// <summary>The self-attention's weights.</summary>
    public Attention Self => _self.Inner;

    /// <param name="x">[B, L, C]</param>
    /// <param name="memory">[B, Lk, C], in the decoder.</param>
    /// <returns>[B, L, C]</returns>
    public Tensor Forward(Tensor x, AttentionPattern self, Tensor? memory, AttentionPattern? cross, Dropout dropout,
        List<Tensor>? looks = null)
    {
        using var scope = NewDisposeScope();
        var y = _self.Add(x, (attention, normal) => attention.Forward(normal, normal, self, dropout.At(0)),
            dropout.At(1));
        if (_cross is not null)
        {
            y = _cross.Add(y, (attention, normal) => attention.Forward(normal, memory!, cross!, dropout.At(2), looks),
                dropout.At(3));
            looks?[^1].MoveToOuterDisposeScope();
        }
        return _feedForward.Add(y, (feedForward, normal) => feedForward.Forward(normal, dropout.At(4)), dropout.At(5))
            .MoveToOuterDisposeScope();
    }
}
