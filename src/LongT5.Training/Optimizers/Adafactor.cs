using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018): the squares of a matrix's gradients are kept as row and column means alone.
/// </summary>
/// <remarks>
/// T5X factors where both sides have 128 and more; Hugging Face factors every matrix. Each divides by the averages,
/// clips the root mean square of the update at 1, and (where asked) multiplies by that of the weight.
/// </remarks>
sealed class Adafactor(IEnumerable<(string, Parameter)> parameters, OptimizerOptions options) : Optimizer(parameters)
{
    const double Floor = 1e-30, LeastScale = 1e-3, Clip = 1;

    readonly long _factorFrom = options.Kind == OptimizerKind.Adafactor ? 128 : 1;

    protected override void Update(IReadOnlyList<(string Name, Parameter Weight)> parameters, double rate, long step)
    {
        var keep = 1 - Math.Pow(step, -0.8);
        foreach (var (name, weight) in parameters)
        {
            using var scope = NewDisposeScope();
            var update = Whitened(name, weight, keep);
            update /= Math.Max(1, Rms(update) / Clip);
            var scale = options.ScaleByParameter ? Math.Max(LeastScale, Rms(weight)) : 1;
            if (options.WeightDecay != 0) weight.mul_(Number.Of(1 - rate * scale * options.WeightDecay));
            weight.add_(update, Number.Of(-rate * scale));
        }
    }

    Tensor Whitened(string name, Parameter weight, double keep)
    {
        var gradient = weight.grad!;
        var squares = gradient.Squared().add_(Number.Of(Floor));
        if (weight.dim() != 2 || weight.shape.Min() < _factorFrom)
        {
            var mean = Remembered(name, "square", weight.shape, weight.device).lerp_(squares, 1 - keep);
            return gradient * mean.rsqrt();
        }
        var rows = Remembered(name, "rows", [weight.shape[0], 1], weight.device)
            .lerp_(squares.mean([1L], keepdim: true), 1 - keep);
        var columns = Remembered(name, "columns", [1, weight.shape[1]], weight.device)
            .lerp_(squares.mean([0L], keepdim: true), 1 - keep);
        return gradient * (rows / rows.mean()).rsqrt() * columns.rsqrt();
    }

    static double Rms(Tensor tensor) => tensor.Squared().mean().sqrt().item<float>();
}
