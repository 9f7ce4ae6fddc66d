namespace LongT5.Model;

/// <summary>What an engine's encoder made of one input: a state for each token, outside the managed heap.</summary>
/// <remarks>
/// Immutable; many sessions may decode from it at once. Disposing it leaves those already started as they are.
/// </remarks>
public abstract class EncodedInput : IDisposable
{
    /// <summary>L, the number of tokens.</summary>
    public abstract int Length { get; }

    /// <summary>C, the width of a state.</summary>
    public abstract int Width { get; }

    /// <summary>[L, C], row-major: all of the states.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    /// <exception cref="OverflowException">There are more than 2^31 numbers; see <see cref="State"/>.</exception>
    public abstract ReadOnlySpan<float> States { get; }

    /// <summary>[C]: the state of one token.</summary>
    public abstract ReadOnlySpan<float> State(int token);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the states.</summary>
    protected abstract void Dispose(bool disposing);
}
