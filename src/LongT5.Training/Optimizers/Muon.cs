using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Optimizers;

/// <summary>
/// Momentum, made orthogonal by five Newton-Schulz steps (Jordan et al. 2024), for matrices; scaled so that an update
/// is as large as Adam's would be (Liu et al. 2025), which lets both share one learning rate.
/// </summary>
sealed class Muon(IEnumerable<(string, Parameter)> parameters, OptimizerOptions options) : Optimizer(parameters)
{
    const double Momentum = 0.95;
    const int Iterations = 5;

    protected override void Update(IReadOnlyList<(string Name, Parameter Weight)> parameters, double rate, long step)
    {
        // Matrices of one shape go through the iteration together: few large products instead of many small ones.
        foreach (var alike in parameters.GroupBy(p => (Rows: p.Weight.shape[0], Columns: p.Weight.shape[1])))
        {
            using var scope = NewDisposeScope();
            var updates = stack([.. alike.Select(p => Averaged(p.Name, p.Weight))]); // [n, out, in]
            updates = Orthogonal(updates, options.MatrixType);
            var scale = rate * 0.2 * Math.Sqrt(Math.Max(alike.Key.Rows, alike.Key.Columns));
            foreach (var (i, (_, weight)) in alike.Index())
            {
                if (options.WeightDecay != 0) weight.mul_(Number.Of(1 - rate * options.WeightDecay));
                weight.add_(updates[i], Number.Of(-scale));
            }
        }
    }

    /// <summary>The gradient with Nesterov's momentum.</summary>
    Tensor Averaged(string name, Parameter weight)
    {
        var mean = Remembered(name, "mean", weight.shape, weight.device);
        mean.lerp_(weight.grad!, 1 - Momentum);
        return weight.grad!.lerp(mean, Momentum);
    }

    /// <summary>The nearest semi-orthogonal matrices, about: singular values between 0.7 and 1.2.</summary>
    /// <param name="matrices">[n, rows, columns]</param>
    /// <param name="type">The arithmetic of the products.</param>
    internal static Tensor Orthogonal(Tensor matrices, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var tall = matrices.shape[1] > matrices.shape[2];
        var x = (tall ? matrices.transpose(1, 2) : matrices).to_type(type);
        x /= (x.to_type(ScalarType.Float32).Squared().sum([1L, 2L], keepdim: true).sqrt()
            .add_(Number.Of(1e-7))).to_type(type);
        for (var i = 0; i < Iterations; i++)
        {
            using var iteration = NewDisposeScope();
            var square = x.matmul(x.transpose(1, 2));
            var polynomial = square.mul(Number.Of(-4.7750)).add_(square.matmul(square), Number.Of(2.0315));
            x = x.mul(Number.Of(3.4445)).add_(polynomial.matmul(x)).MoveToOuterDisposeScope();
        }
        return (tall ? x.transpose(1, 2) : x).to_type(ScalarType.Float32).contiguous().MoveToOuterDisposeScope();
    }
}
