using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Torch.Autograd;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>Two matrices with an activation between, which may gate a third.</summary>
sealed class FeedForward : nn.Module
{
    readonly Linear _in, _out;
    readonly Linear? _gated;
    readonly Activation _activation;

    public FeedForward(Site site) : base(nameof(FeedForward))
    {
        var config = site.Config;
        _activation = config.DenseActFn;
        var first = config.IsGatedAct ? "wi_0" : "wi";
        register_module(first, _in = site.Linear(first, config.DModel, config.DFf));
        if (config.IsGatedAct) register_module("wi_1", _gated = site.Linear("wi_1", config.DModel, config.DFf));
        register_module("wo", _out = site.Linear("wo", config.DFf, config.DModel));
    }

    /// <param name="input">[B, L, C]</param>
    public Tensor Forward(Tensor input, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        var (hidden, gate) = (_in.forward(input), _gated?.forward(input));
        // The activation costs little to compute again, and as much as its input to keep.
        hidden = gate is null ? Activate(hidden)
            : is_grad_enabled() && (hidden.requires_grad || gate.requires_grad)
                ? Recomputed.Run(pair => Activate(pair[0]!) * pair[1]!, hidden, gate)
            : Activate(hidden) * gate;
        return _out.forward(dropout.Apply(hidden, 0)).MoveToOuterDisposeScope();
    }

    Tensor Activate(Tensor x) => _activation switch
    {
        Activation.Relu => x.relu(),
        Activation.Gelu => nn.functional.gelu(x),
        Activation.GeluNew => nn.functional.gelu(x, GELU.Approximate.tanh),
        _ => nn.functional.silu(x),
    };
}
