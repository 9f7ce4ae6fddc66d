using static TorchSharp.torch;

namespace LongT5.Training.Distillation;

/// <summary>What a model computes between input and output, where someone wants it.</summary>
/// <param name="wantsAttention">Whether it is also told where the decoder looks.</param>
sealed class LayerStates(bool wantsAttention)
{
    /// <summary>The input of each layer of the encoder and of the norm behind them, [B, L, C].</summary>
    public List<Tensor> Encoder { get; } = [];

    /// <summary>The same of the decoder, [B, T, C].</summary>
    public List<Tensor> Decoder { get; } = [];

    /// <summary>
    /// The logarithm of each decoder layer's attention to the input, [B, H, T, L]; null where nobody wants it.
    /// </summary>
    public List<Tensor>? CrossAttention { get; } = wantsAttention ? [] : null;
}
