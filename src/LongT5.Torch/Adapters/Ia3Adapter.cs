using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>y = l · W x, or y = W (l · x); l begins as ones.</summary>
sealed class Ia3Adapter(Tensor weight, bool ofInputs, TorchOptions options) : LinearAdapter
{
    readonly Parameter _scales = new(ofInputs ? ones(1, weight.shape[1], device: options.Device)
        : ones(weight.shape[0], 1, device: options.Device));

    public override IEnumerable<(string Name, nn.Module Module)> Modules => [];

    public override IEnumerable<(string Name, Parameter Parameter)> Parameters => [("ia3_l", _scales)];

    public override Tensor Forward(Tensor input, Tensor weight)
    {
        var scales = _scales.view(-1).to_type(input.dtype);
        return ofInputs ? nn.functional.linear(input.mul(scales), weight)
            : nn.functional.linear(input, weight).mul(scales);
    }
}
