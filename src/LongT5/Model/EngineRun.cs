namespace LongT5.Model;

/// <summary>
/// Work of a model on its inputs that is done slice by slice, with any pause between them: what comes of it is, to the
/// last bit, what it is in one go.
/// </summary>
/// <remarks>
/// A slice is a part of one layer, over some of the tokens: some hundredths of a second with a model of base size. For
/// one thread at a time. Disposed before its end, it leaves nothing behind.
/// </remarks>
/// <typeparam name="T">What comes of it; the caller's to dispose.</typeparam>
public abstract class EngineRun<T> : IDisposable
    where T : class
{
    /// <summary>Whether all of it is done.</summary>
    public bool IsDone => Result is not null;

    /// <summary>What came of it; null until all is done.</summary>
    public T? Result { get; private set; }

    /// <summary>How much of it is done, from 0 to 1.</summary>
    public abstract double Share { get; }

    /// <summary>Does the next slice; nothing once all is done.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for it; the run is to be disposed.</exception>
    public void Step() => Result ??= Advance();

    /// <summary>Does all that is left.</summary>
    /// <param name="cancellation">Honoured between slices.</param>
    public T Finish(CancellationToken cancellation = default)
    {
        while (Result is null)
        {
            cancellation.ThrowIfCancellationRequested();
            Step();
        }
        return Result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the next slice.</summary>
    /// <returns>The result, if that was the last one.</returns>
    protected abstract T? Advance();

    /// <summary>Frees what the work took; not the result.</summary>
    protected abstract void Dispose(bool disposing);
}
