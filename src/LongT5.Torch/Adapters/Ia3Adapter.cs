using LongT5.Torch.Layers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>y = l · W x, or y = W (l · x); l begins as ones.</summary>
sealed class Ia3Adapter(Linear map, bool ofInputs, TorchOptions options) : LinearAdapter
{
    readonly Parameter _scales = new(ofInputs ? ones(1, map.Inputs, device: options.Device)
        : ones(map.Outputs, 1, device: options.Device));

    public override IEnumerable<(string Name, nn.Module Module)> Modules => [];

    public override IEnumerable<(string Name, Parameter Parameter)> Parameters => [("ia3_l", _scales)];

    public override Tensor Forward(Tensor input, Func<Tensor, Tensor> product)
    {
        var scales = _scales.view(-1).to_type(input.dtype);
        return ofInputs ? product(input.mul(scales)) : product(input).mul(scales);
    }
}
