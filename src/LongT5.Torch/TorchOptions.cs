using static TorchSharp.torch;

namespace LongT5.Torch;

/// <summary>The arithmetic of matrix products; weights, sums and norms are float32 always.</summary>
public enum MatrixPrecision
{
    /// <summary>float32, as the reference computes.</summary>
    Exact,

    /// <summary>
    /// Operands and results rounded to bfloat16 (8 bits of mantissa): for machines that multiply it faster.
    /// </summary>
    BFloat16,
}

/// <summary>How the model computes; what it computes is the configuration's affair.</summary>
public sealed record TorchOptions
{
    /// <summary>Where the weights lie and the work is done.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>The arithmetic of matrix products.</summary>
    public MatrixPrecision Precision { get; init; }

    /// <summary>
    /// Whether only the input of each layer is kept and the layer computed again on the way back: a third more
    /// arithmetic, a fraction of the memory, the same gradients.
    /// </summary>
    public bool Recompute { get; init; }

    internal ScalarType MatrixType => Precision == MatrixPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
}
