using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5;

/// <summary>How the engine computes, where there is a choice between exactness and size.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// How the matrices are kept: null, as they are stored; or they are converted at load, into memory of our own: to
    /// BF16 or F16, or to I8 with a scale for each row, the matrices of attention in 11 bits (the embedding, and a
    /// head tied to it, stay as they are stored).
    /// </summary>
    public ElementType? WeightType
    {
        get;
        init => field = value is null or ElementType.F32 or ElementType.BF16 or ElementType.F16 or ElementType.I8
            ? value
            : throw new ArgumentException($"Weights can be F32, BF16, F16 or I8, not {value}.", nameof(value));
    }

    /// <summary>
    /// How the decoder's view of the input (keys and values of cross attention) is kept: F32, exact to the reference,
    /// or BF16, half the memory and nearly half the time of a step after a long input.
    /// </summary>
    public ElementType CrossType
    {
        get;
        init => field = value is ElementType.F32 or ElementType.BF16
            ? value
            : throw new ArgumentException($"Keys and values of cross attention can be F32 or BF16, not {value}.",
                nameof(value));
    } = ElementType.F32;

    /// <summary>
    /// Whether the files are read into memory of our own instead of being mapped. A mapped file that somebody cuts or
    /// overwrites in place while it is used ends the process; a server that
    /// lives for weeks may rather spend the memory.
    /// </summary>
    public bool InMemory { get; init; }
}
