namespace LongT5.Kernels;

/// <summary>
/// How long things outside the managed heap live: until their owner has let go of them (<see cref="Dispose"/>) and
/// nobody uses them any more (<see cref="Use"/>). Then all are freed, the latest first.
/// </summary>
/// <remarks>
/// A pointer is safe as long as a lease is held; a lease is refused from the moment the owner lets go. So what is in
/// flight ends in peace, and what comes too late hears of it.
/// </remarks>
sealed class Lifetime : IDisposable
{
    private readonly Stack<IDisposable> _parts = new();
    private int _holders = 1; // the owner, and one for each lease
    private int _ended;

    /// <summary>Whether the owner has let go.</summary>
    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Takes something over; it is freed at once where everything else has been already.</summary>
    /// <returns>The same thing.</returns>
    public T Keep<T>(T part)
        where T : IDisposable
    {
        lock (_parts)
        {
            if (Volatile.Read(ref _holders) > 0)
            {
                _parts.Push(part);
                return part;
            }
        }
        part.Dispose();
        throw new ObjectDisposedException(part.GetType().Name);
    }

    /// <summary>Puts off the end until the lease is disposed, once.</summary>
    /// <param name="owner">Whom the error names.</param>
    /// <exception cref="ObjectDisposedException">The owner has let go.</exception>
    public Lease Use(object owner)
    {
        for (var holders = Volatile.Read(ref _holders); ; holders = Volatile.Read(ref _holders))
        {
            ObjectDisposedException.ThrowIf(HasEnded || holders == 0, owner);
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
                return new(this);
        }
    }

    /// <summary>The owner lets go; a second time does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        lock (_parts)
        {
            while (_parts.TryPop(out var part))
                part.Dispose();
        }
    }

    /// <summary>The right to use what a lifetime keeps; whoever took it gives it back exactly once.</summary>
    public readonly struct Lease(Lifetime lifetime) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => lifetime?.Release();
    }
}
