using static TorchSharp.torch;

namespace LongT5.Torch.Autograd;

/// <summary>Computes a piece of the model without keeping anything but its inputs, and again on the way back.</summary>
/// <remarks>
/// Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016). Gradients of parameters are added to them on
/// the way back; those of the inputs are handed on. The piece must be a function of its inputs alone: its dropout is,
/// having seeds of its own.
/// </remarks>
static class Recomputed
{
    /// <param name="piece">Inputs to result; called twice.</param>
    /// <param name="inputs">Those that have gradients, or null.</param>
    public static Tensor Run(Func<Tensor?[], Tensor> piece, params Tensor?[] inputs)
    {
        // Were every input frozen, autograd would never come back here, and the parameters inside would get nothing.
        if (!inputs.Any(input => input is { requires_grad: true })) inputs[0] = inputs[0]!.detach().requires_grad_();
        return Function.apply([piece, .. inputs!]);
    }

    sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(Recomputed);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var piece = (Func<Tensor?[], Tensor>)arguments[0];
            Tensor?[] inputs = [.. arguments.Skip(1).Cast<Tensor?>()];
            context.save_data("piece", piece);
            context.save_for_backward([.. inputs!]);
            return piece(inputs);
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var saved = context.get_saved_variables();
            return BackwardPass.Run(gradient, arguments: saved.Count + 1, () =>
            {
                var piece = (Func<Tensor?[], Tensor>)context.get_data("piece");
                Tensor?[] inputs = [.. saved.Select(input => input?.detach().requires_grad_(input.requires_grad))];
                foreach (var input in saved) input?.Dispose();
                using (enable_grad()) piece(inputs).backward([gradient]);
                return [null, .. inputs.Select(input => input is { requires_grad: true } ? input.grad : null)];
            });
        }
    }
}
