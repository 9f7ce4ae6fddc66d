using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch computes it.</summary>
sealed class AdamW(IEnumerable<(string, Parameter)> parameters, OptimizerOptions options) : Optimizer(parameters)
{
    const double Epsilon = 1e-8;

    protected override void Update(IReadOnlyList<(string Name, Parameter Weight)> parameters, double rate, long step)
    {
        var (beta1, beta2) = (options.Beta1, options.Beta2);
        var correction1 = 1 - Math.Pow(beta1, step);
        var correction2 = Math.Sqrt(1 - Math.Pow(beta2, step));
        foreach (var (name, weight) in parameters)
        {
            using var scope = NewDisposeScope();
            var gradient = weight.grad!;
            var mean = Remembered(name, "mean", weight.shape, weight.device);
            var square = Remembered(name, "square", weight.shape, weight.device);
            if (options.WeightDecay != 0) weight.mul_(Number.Of(1 - rate * options.WeightDecay));
            mean.lerp_(gradient, 1 - beta1);
            square.mul_(Number.Of(beta2)).addcmul_(gradient, gradient, Number.Of(1 - beta2));
            weight.addcdiv_(mean, square.sqrt().div_(Number.Of(correction2)).add_(Number.Of(Epsilon)),
                Number.Of(-rate / correction1));
        }
    }
}
