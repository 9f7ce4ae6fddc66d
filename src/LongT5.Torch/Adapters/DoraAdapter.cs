using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>y = m / |W + s B A| (W x + s B (A x)), row by row; m begins as |W|, so that y begins as W x.</summary>
/// <remarks>
/// With dropout d it is W x + (r - 1) W d(x) + r s B (A d(x)), r = m / |W + s B A|, as in PEFT.
/// The length of a row counts as a constant on the way back, as in the paper (section 4.3) and in PEFT.
/// </remarks>
sealed class DoraAdapter : LoraAdapter
{
    readonly Parameter _weight; // W [out, in]
    readonly Parameter _magnitude; // m [out]

    /// <inheritdoc/>
    public DoraAdapter(MatrixLinear map, int rank, double scale, TorchOptions options, Generator generator,
        Func<Dropout> dropout) : base(map, rank, scale, options, generator, dropout)
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
        var ratio = _magnitude.div(lengths).to_type(input.dtype);
        var (dropped, plain) = (Dropped(input), product(input));
        return (ReferenceEquals(dropped, input) ? plain.add(Product(input), Number.One).mul(ratio)
            : plain.add(product(dropped).mul(ratio.sub(Number.One)), Number.One)
                .add(Product(dropped).mul(ratio), Number.One)).MoveToOuterDisposeScope();
    }

    static Tensor Lengths(Tensor rows) => rows.Squared().sum([1L]).sqrt();
}
