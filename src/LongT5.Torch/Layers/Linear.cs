using LongT5.Torch.Adapters;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Layers;

/// <summary>A linear map without bias, the only kind that LongT5 has; an adapter may stand beside it.</summary>
abstract class Linear : nn.Module<Tensor, Tensor>
{
    LinearAdapter? _adapter;

    protected Linear(Site site, long inputs, long outputs) : base(site.Name)
        => (MatrixType, Inputs, Outputs) = (site.Options.MatrixType, inputs, outputs);

    /// <summary>The type of the matrix products.</summary>
    protected ScalarType MatrixType { get; }

    /// <summary>Numbers that it takes.</summary>
    public long Inputs { get; }

    /// <summary>Numbers that it gives.</summary>
    public long Outputs { get; }

    /// <summary>The matrix whose product is the result: [out, in], or [out, R] behind another.</summary>
    public abstract Parameter Last { get; }

    /// <summary>What <see cref="Last"/> multiplies.</summary>
    /// <param name="input">[..., in]</param>
    public virtual Tensor BeforeLast(Tensor input) => input;

    /// <summary>Puts an adapter beside the map; its parameters are this module's from now on.</summary>
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
        var typed = input.to_type(MatrixType);
        return (_adapter is null ? Product(typed) : _adapter.Forward(typed, Product)).MoveToOuterDisposeScope();
    }

    Tensor Product(Tensor input) => nn.functional.linear(BeforeLast(input), Last.to_type(MatrixType));
}

/// <summary>y = W x.</summary>
sealed class MatrixLinear : Linear
{
    readonly Parameter _weight; // [out, in]

    public MatrixLinear(Site site, long inputs, long outputs) : base(site, inputs, outputs)
        => register_parameter("weight", _weight = new Parameter(zeros(outputs, inputs, device: site.Options.Device)));

    public override Parameter Last => _weight;
}

/// <summary>y = B (A x): a matrix of low rank as two.</summary>
sealed class LowRankLinear : Linear
{
    readonly Table _a, _b; // [R, in], [out, R]

    public LowRankLinear(Site site, long inputs, long outputs, int rank) : base(site, inputs, outputs)
    {
        register_module("a", _a = new Table(rank, inputs, site.Options));
        register_module("b", _b = new Table(outputs, rank, site.Options));
    }

    public override Parameter Last => _b.Weight;

    /// <inheritdoc/>
    public override Tensor BeforeLast(Tensor input)
        => nn.functional.linear(input.to_type(MatrixType), _a.Weight.to_type(MatrixType));
}
