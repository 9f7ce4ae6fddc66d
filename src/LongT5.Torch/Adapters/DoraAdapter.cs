using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>y = m / |W + s B A| (W x + s B (A x)), row by row; m begins as |W|, so that y begins as W x.</summary>
/// <remarks>
/// The length of a row counts as a constant on the way back, as in the paper (section 4.3) and in PEFT.
/// </remarks>
sealed class DoraAdapter : LoraAdapter
{
    readonly Parameter _weight; // W [out, in]
    readonly Parameter _magnitude; // m [out]

    /// <inheritdoc/>
    public DoraAdapter(MatrixLinear map, int rank, double scale, TorchOptions options, Generator generator)
        : base(map, rank, scale, options, generator)
    {
        using var frozen = no_grad();
        _weight = map.Last;
        _magnitude = new Parameter(Lengths(_weight));
    }

    public override IEnumerable<(string Name, Parameter Parameter)> Parameters
        => [("lora_magnitude_vector", _magnitude)];

    public override Tensor Forward(Tensor input, Func<Tensor, Tensor> product)
    {
        using var scope = NewDisposeScope();
        Tensor lengths;
        using (no_grad())
            lengths = Lengths(_weight.to_type(input.dtype).to_type(ScalarType.Float32)
                .add(Up.Weight.mm(Down.Weight), Number.Of(Scale)));
        return base.Forward(input, product).mul(_magnitude.div(lengths).to_type(input.dtype)).MoveToOuterDisposeScope();
    }

    static Tensor Lengths(Tensor rows) => rows.Squared().sum([1L]).sqrt();
}
