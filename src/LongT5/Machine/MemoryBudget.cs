using LongT5.Kernels;

namespace LongT5.Machine;

/// <summary>
/// The memory at hand, shared by all requests of this process: what one may take is not promised to another.
/// </summary>
/// <remarks>
/// A request reserves what it is estimated to need before it takes any of it. What has been taken already is missing
/// from the memory at hand, so only the rest of the reservations is subtracted.
/// </remarks>
/// <param name="available">Bytes that the system could give now.</param>
/// <param name="held">Bytes that this process holds outside the managed heap.</param>
sealed class MemoryBudget(Func<long> available, Func<long> held)
{
    private readonly Lock _gate = new();
    private long _reserved;
    private long _heldBefore; // what was held when the first of the open reservations was made: weights

    /// <summary>That of this machine, or of the container that the process runs in.</summary>
    public static MemoryBudget Shared { get; } = new(() => MachineMemory.Available, () => NativeBuffer.BytesHeld);

    /// <summary>Bytes that nobody has reserved, but for a tenth that is left to the rest of the process.</summary>
    public long Room
    {
        get
        {
            lock (_gate)
                return Unreserved / 10 * 9;
        }
    }

    /// <summary>Reserves memory until it is disposed.</summary>
    /// <param name="bytes">What a request will hold at its peak.</param>
    /// <exception cref="InsufficientMemoryException">Other requests hold it, or it is not there;
    /// the message says how much is.</exception>
    public Reservation Reserve(long bytes)
    {
        lock (_gate)
        {
            return TryReserve(bytes) ?? throw new InsufficientMemoryException(
                $"{Mebibytes(bytes)} of memory are needed and {Mebibytes(Unreserved)} are free"
                + (_reserved > 0
                    ? $", beside {Mebibytes(_reserved)} of requests that run; try again when they are done."
                    : "; use a shorter input or fewer beams."));
        }
    }

    /// <summary>Reserves memory until it is disposed; null where it is not there.</summary>
    /// <param name="bytes">What will be held at its peak.</param>
    public Reservation? TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (_reserved == 0)
                _heldBefore = held();
            if (bytes > Unreserved)
                return null;
            _reserved += bytes;
            return new(this, bytes);
        }
    }

    private long Unreserved => Math.Max(0, available() - Math.Max(0, _reserved - Math.Max(0, held() - _heldBefore)));

    private static string Mebibytes(long bytes) => $"{bytes >> 20} MiB";

    private void Release(long bytes)
    {
        lock (_gate)
            _reserved -= bytes;
    }

    /// <summary>A part of the budget, given back once.</summary>
    public sealed class Reservation(MemoryBudget budget, long bytes) : IDisposable
    {
        private int _returned;

        /// <summary>How much it is.</summary>
        public long Bytes => bytes;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
                budget.Release(bytes);
        }
    }
}
