using LongT5.Torch.Autograd;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>Every sub-layer adds to the same states.</summary>
/// <param name="recompute">Whether only the input of each layer is kept.</param>
sealed class OneStream(bool recompute) : Residual
{
    /// <inheritdoc/>
    public override Tensor Through(
        IReadOnlyList<Layer> layers, Tensor x, StackPass pass, Dropout dropout, List<Tensor>? hidden)
    {
        foreach (var (i, layer) in layers.Index())
        {
            var place = dropout.At(i + 1);
            var next = recompute && is_grad_enabled()
                ? Recomputed.Run(inputs => layer.Forward(inputs[0]!, pass.With(inputs.AsSpan(1)), place),
                    [x, .. pass.Tensors])
                : layer.Forward(x, pass, place);
            // Autograd keeps what it needs; the handle is ours to free.
            if (hidden is null) x.Dispose();
            hidden?.Add(x);
            x = next;
        }
        hidden?.Add(x);
        return x;
    }
}
