using LongT5.Torch.Adapters;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Layers;

/// <summary>A matrix product without bias, the only kind that LongT5 has; an adapter may stand beside it.</summary>
sealed class Linear : nn.Module<Tensor, Tensor>
{
    readonly Parameter _weight; // [out, in]
    readonly ScalarType _type;
    LinearAdapter? _adapter;

    public Linear(string name, long inputs, long outputs, TorchOptions options) : base(name)
    {
        _type = options.MatrixType;
        register_parameter("weight", _weight = new Parameter(zeros(outputs, inputs, device: options.Device)));
    }

    public Parameter Weight => _weight;

    /// <summary>Puts an adapter beside the matrix; its parameters are this module's from now on.</summary>
    public void Attach(LinearAdapter adapter)
    {
        _adapter = adapter;
        foreach (var (name, module) in adapter.Modules) register_module(name, module);
        foreach (var (name, parameter) in adapter.Parameters) register_parameter(name, parameter);
    }

    /// <param name="input">[..., in]</param>
    /// <returns>[..., out], in the type of the matrix products.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (typed, weight) = (input.to_type(_type), _weight.to_type(_type));
        return (_adapter is null ? nn.functional.linear(typed, weight) : _adapter.Forward(typed, weight))
            .MoveToOuterDisposeScope();
    }
}
