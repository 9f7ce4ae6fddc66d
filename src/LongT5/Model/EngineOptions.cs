using LongT5.Formats;

namespace LongT5.Model;

/// <summary>How the engine computes, where there is a choice between exactness and size.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// How the decoder's view of the input (keys and values of cross attention) is kept: F32, exact to the reference,
    /// or BF16, half the memory and nearly half the time of a step after a long input.
    /// </summary>
    public ElementType CrossType
    {
        get;
        init => field = value is ElementType.F32 or ElementType.BF16
            ? value
            : throw new ArgumentException($"Keys and values of cross attention can be F32 or BF16, not {value}.", nameof(value));
    } = ElementType.F32;
}
