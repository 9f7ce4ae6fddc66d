using LongT5.Formats;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Twin;

/// <summary><c>y = w x / sqrt(mean(x^2) + epsilon)</c>: T5's norm, without mean and without bias.</summary>
sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    readonly Parameter _weight; // [C]
    readonly double _epsilon;

    public RmsNorm(string name, LongT5Config config, TwinOptions options) : base(name)
    {
        _epsilon = config.LayerNormEpsilon;
        register_parameter("weight", _weight = new Parameter(ones(config.DModel, device: options.Device)));
    }

    /// <param name="input">[..., C]</param>
    public override Tensor forward(Tensor input) => Function.apply(input, _weight, _epsilon);

    /// <summary>Keeps its input and one number a row, and nothing else, for the way back.</summary>
    sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(RmsNorm);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            using var scope = NewDisposeScope();
            var (x, weight, epsilon) = ((Tensor)arguments[0], (Tensor)arguments[1], (double)arguments[2]);
            var scale = x.square().mean([-1], keepdim: true).add_(epsilon).rsqrt_(); // [..., 1]
            context.save_for_backward([x, weight, scale.MoveToOuterDisposeScope()]);
            return x.mul(scale).mul_(weight).MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            using var pass = new BackwardPass(gradient);
            var saved = context.get_saved_variables();
            var (x, weight, scale) = (saved[0], saved[1], saved[2]);
            var normal = x.mul(scale);
            var gradientOfWeight = gradient.mul(normal).sum([.. Enumerable.Range(0, (int)x.dim() - 1)]);
            var inner = gradient.mul(weight);
            var mean = inner.mul(normal).mean([-1], keepdim: true);
            return BackwardPass.Return(inner.sub_(normal.mul_(mean)).mul_(scale), gradientOfWeight, null);
        }
    }
}
