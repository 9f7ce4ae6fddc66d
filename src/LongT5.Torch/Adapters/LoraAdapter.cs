using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Adapters;

/// <summary>y = W x + s B (A d(x)), d being dropout; B begins at zero, so that y begins as W x.</summary>
class LoraAdapter : LinearAdapter
{
    readonly Func<Dropout> _dropout;

    /// <param name="map">What it stands beside.</param>
    /// <param name="rank">R</param>
    /// <param name="scale">s</param>
    /// <param name="options">Where it lies.</param>
    /// <param name="generator">Of A: uniform in ±1/sqrt(in), as PEFT begins.</param>
    /// <param name="dropout">d of the step that is being taken.</param>
    public LoraAdapter(Linear map, int rank, double scale, TorchOptions options, Generator generator,
        Func<Dropout> dropout)
    {
        _dropout = dropout;
        using var frozen = no_grad();
        var (outputs, inputs) = (map.Outputs, map.Inputs);
        (Scale, Down, Up) = (scale, new Table(rank, inputs, options), new Table(outputs, rank, options));
        var limit = 1 / Math.Sqrt(inputs);
        using var start = rand([rank, inputs], generator: generator).mul_(Number.Of(2 * limit)).sub_(Number.Of(limit));
        Down.Weight.copy_(start);
    }

    protected double Scale { get; }

    protected Table Down { get; } // A [R, in]

    protected Table Up { get; } // B [out, R]

    public override IEnumerable<(string Name, nn.Module Module)> Modules => [("lora_A", Down), ("lora_B", Up)];

    public override Tensor Forward(Tensor input, Func<Tensor, Tensor> product)
        => product(input).add(Product(Dropped(input)), Number.One);

    /// <summary>d(x); x itself where nothing is dropped.</summary>
    protected Tensor Dropped(Tensor input) => _dropout().Apply(input, 0);

    /// <summary>s B (A x)</summary>
    protected Tensor Product(Tensor input)
        => nn.functional.linear(nn.functional.linear(input, Down.Weight.to_type(input.dtype)),
            Up.Weight.to_type(input.dtype)).mul(Number.Of(Scale));
}
