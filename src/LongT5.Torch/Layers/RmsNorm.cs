using LongT5.Formats;
using LongT5.Torch.Autograd;
using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary><c>y = w x / sqrt(mean(x^2) + epsilon)</c>: T5's norm, without mean and without bias.</summary>
sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    readonly Parameter _weight; // [C]
    readonly double _epsilon;
    readonly ScalarType _type;

    /// <param name="type">Of the result: that of the matrix products, where only they use it.</param>
    public RmsNorm(LongT5Config config, TorchOptions options, ScalarType type) : base(nameof(RmsNorm))
    {
        (_epsilon, _type) = (config.LayerNormEpsilon, type);
        register_parameter("weight", _weight = new Parameter(ones(config.DModel, device: options.Device)));
    }

    /// <param name="input">[..., C]</param>
    public override Tensor forward(Tensor input) => Function.apply(input, _weight, _epsilon, _type);

    /// <summary>Keeps its input and one number a row, and nothing else, for the way back.</summary>
    sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(RmsNorm);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            using var scope = NewDisposeScope();
            var (x, weight) = ((Tensor)arguments[0], (Tensor)arguments[1]);
            var (epsilon, type) = ((double)arguments[2], (ScalarType)arguments[3]);
            var scale = x.Squared().mean([-1], keepdim: true).add_(Number.Of(epsilon)).rsqrt_(); // [..., 1]
            context.save_for_backward([x, weight, scale.MoveToOuterDisposeScope()]);
            return x.mul(scale).mul_(weight).to_type(type).MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
            => BackwardPass.Run(gradient, arguments: 4, () =>
            {
                var saved = context.get_saved_variables();
                var (x, weight, scale) = (saved[0], saved[1], saved[2]);
                var normal = x.mul(scale);
                var up = gradient.to_type(ScalarType.Float32);
                var ofWeight = up.mul(normal).sum([.. Enumerable.Range(0, (int)x.dim() - 1)]);
                var inner = up.mul(weight);
                var mean = inner.mul(normal).mean([-1], keepdim: true);
                return [inner.sub_(normal.mul_(mean)).mul_(scale), ofWeight, null, null];
            });
    }
}
