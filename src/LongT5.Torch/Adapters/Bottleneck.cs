using LongT5.Torch.Native;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>h + U f(D h + d) + u behind a sub-layer; D and U begin near zero, so that it begins as h.</summary>
sealed class Bottleneck
{
    const double Deviation = 1e-3;

    readonly NonLinearity _between;

    /// <param name="width">C</param>
    /// <param name="adapter">Its size M, and what stands between.</param>
    /// <param name="options">Where it lies, and the arithmetic of products.</param>
    /// <param name="generator">Of the matrices: normal, cut at two deviations.</param>
    public Bottleneck(int width, AdapterOptions adapter, TorchOptions options, Generator generator)
    {
        _between = adapter.NonLinearity;
        Down = new("adapter_down", adapter.Size, width, options, generator);
        Up = new("adapter_up", width, adapter.Size, options, generator);
    }

    /// <summary>D [M, C] and d [M].</summary>
    public Affine Down { get; }

    /// <summary>U [C, M] and u [C].</summary>
    public Affine Up { get; }

    /// <param name="hidden">[B, L, C]</param>
    public Tensor Forward(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var inner = Down.forward(hidden);
        inner = _between switch
        {
            NonLinearity.Relu => inner.relu(),
            NonLinearity.Silu => nn.functional.silu(inner),
            _ => nn.functional.gelu(inner),
        };
        return hidden.add(Up.forward(inner), Number.One).MoveToOuterDisposeScope();
    }

    /// <summary>W x + b.</summary>
    public sealed class Affine : nn.Module<Tensor, Tensor>
    {
        readonly Parameter _weight; // [out, in]
        readonly Parameter _bias; // [out]
        readonly ScalarType _type;

        public Affine(string name, long outputs, long inputs, TorchOptions options, Generator generator) : base(name)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            _type = options.MatrixType;
            var start = randn([outputs, inputs], generator: generator).fmod_(Number.Of(2)).mul_(Number.Of(Deviation));
            register_parameter("weight", _weight = new Parameter(start.to(options.Device).MoveToOuterDisposeScope()));
            register_parameter("bias",
                _bias = new Parameter(zeros(outputs, device: options.Device).MoveToOuterDisposeScope()));
        }

        public override Tensor forward(Tensor input)
            => nn.functional.linear(input.to_type(_type), _weight.to_type(_type), _bias.to_type(_type));
    }
}
