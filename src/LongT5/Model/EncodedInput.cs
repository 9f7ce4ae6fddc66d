using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>What the encoder made of one input: a state for each token, outside the managed heap.</summary>
/// <remarks>
/// Immutable; many sessions may decode from it at once. Disposing it leaves those already started as they are.
/// </remarks>
public sealed unsafe class EncodedInput : IDisposable
{
    private readonly NativeBuffer _states;

    internal EncodedInput(NativeBuffer states, int length, int width)
        => (_states, Length, Width) = (states, length, width);

    /// <summary>L, the number of tokens.</summary>
    public int Length { get; }

    /// <summary>C, the width of a state.</summary>
    public int Width { get; }

    /// <summary>[L, C], row-major: all of the states.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="OverflowException">There are more than 2^31 numbers; see <see cref="State"/>.</exception>
    public ReadOnlySpan<float> States => _states.Span(0, checked(Length * Width));

    /// <summary>[C]: the state of one token.</summary>
    public ReadOnlySpan<float> State(int token) => _states.Span((long)token * Width, Width);

    /// <inheritdoc/>
    public void Dispose() => _states.Dispose();

    /// <summary>The first state.</summary>
    internal float* Pointer => _states.Pointer;
}
