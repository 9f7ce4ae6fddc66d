using LongT5.Torch.Adapters;
using LongT5.Torch.Native;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Layers;

/// <summary>
/// Conformer's convolution module: W2 silu(norm(conv(glu(W1 norm(x))))). Nothing is seen beyond an input's ends.
/// </summary>
sealed class Convolution : Sublayer
{
    readonly Linear _in, _out;
    readonly Depthwise _depthwise;
    readonly RmsNorm _norm;

    public Convolution(Site site, int kernel) : base(site, 6)
    {
        var width = site.Config.DModel;
        register_module("pointwise_in", _in = site.Linear("pointwise_in", width, 2 * width));
        register_module("depthwise", _depthwise = new(width, kernel, site.Options));
        register_module("depthwise_norm", _norm = new RmsNorm(site.Config, site.Options, site.Options.MatrixType));
        register_module("pointwise_out", _out = site.Linear("pointwise_out", width, width));
    }

    public override bool IsAdapted(AdapterMethod method) => false;

    /// <inheritdoc/>
    protected override Tensor Part(Tensor normal, StackPass pass, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        var gated = nn.functional.glu(_in.forward(normal), -1).to_type(ScalarType.Float32); // [B, L, C]
        if (pass.Self.KeyMask is { } mask)
            gated = gated.mul(mask.view(-1, gated.shape[1], 1).eq(Number.Of(0)).to_type(ScalarType.Float32));
        return _out.forward(nn.functional.silu(_norm.forward(_depthwise.forward(gated)))).MoveToOuterDisposeScope();
    }

    /// <summary>Each channel by itself: a sum over the tokens around, weighted by their places.</summary>
    sealed class Depthwise : nn.Module<Tensor, Tensor>
    {
        readonly Parameter _weight; // [C, 1, kernel]

        public Depthwise(long channels, long kernel, TorchOptions options) : base(nameof(Depthwise))
            => register_parameter("weight", _weight = new Parameter(zeros(channels, 1, kernel, device: options.Device)));

        /// <param name="input">[B, L, C]</param>
        public override Tensor forward(Tensor input)
        {
            using var scope = NewDisposeScope();
            return nn.functional.conv1d(input.transpose(1, 2), _weight, padding: _weight.shape[2] / 2,
                groups: _weight.shape[0]).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
        }
    }
}
