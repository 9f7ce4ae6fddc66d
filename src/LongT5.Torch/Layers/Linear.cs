using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>A matrix product without bias: the only kind that LongT5 has.</summary>
sealed class Linear : nn.Module<Tensor, Tensor>
{
    readonly Parameter _weight; // [out, in]
    readonly ScalarType _type;

    public Linear(string name, long inputs, long outputs, TorchOptions options) : base(name)
    {
        _type = options.MatrixType;
        register_parameter("weight", _weight = new Parameter(zeros(outputs, inputs, device: options.Device)));
    }

    public Parameter Weight => _weight;

    /// <param name="input">[..., in]</param>
    /// <returns>[..., out], in the type of the matrix products.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(input.to_type(_type), _weight.to_type(_type)).MoveToOuterDisposeScope();
    }
}
