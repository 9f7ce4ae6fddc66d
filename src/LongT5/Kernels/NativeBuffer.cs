using System.Runtime.InteropServices;

namespace LongT5.Kernels;

/// <summary>
/// Numbers outside the managed heap, aligned to a cache line: activations, states, packed panels, copied weights.
/// </summary>
/// <remarks>
/// Not cleared unless asked for. Whoever makes it disposes it: the collector does not, because it cannot see the
/// pointers that are still in use.
/// </remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    private static long s_held, s_peak;

    private readonly long _bytes;
    private float* _pointer;

    /// <param name="length">Number of floats; 0 is allowed.</param>
    /// <param name="clear">Whether all of them start as zero.</param>
    /// <exception cref="InsufficientMemoryException">The system has no more memory; the
    /// message says how much was asked for.</exception>
    public NativeBuffer(long length, bool clear = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _bytes = checked(length * sizeof(float));
        try
        {
            Refusal?.Invoke();
            _pointer = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(_bytes, Alignment), Alignment);
        }
        catch (OutOfMemoryException)
        {
            throw new InsufficientMemoryException(
                $"{_bytes / 1e9:F2} GB of memory were asked for and not given; use a shorter input, fewer beams or a "
                    + $"smaller type of weights.");
        }
        var held = Interlocked.Add(ref s_held, _bytes);
        for (var peak = Volatile.Read(ref s_peak); held > peak; peak = Volatile.Read(ref s_peak))
            Interlocked.CompareExchange(ref s_peak, held, peak);
        if (clear)
            Clear();
    }

    /// <summary>A buffer of bytes.</summary>
    public static NativeBuffer OfBytes(long bytes) => new((bytes + sizeof(float) - 1) / sizeof(float));

    /// <summary>Bytes that all buffers of this process hold now.</summary>
    public static long BytesHeld => Volatile.Read(ref s_held);

    /// <summary>The most bytes that they held at once since <see cref="ForgetPeak"/>.</summary>
    public static long PeakBytes => Volatile.Read(ref s_peak);

    /// <summary>
    /// Called before each allocation; throws <see cref="OutOfMemoryException"/> to refuse it.
    /// For tests of what a refusal leaves behind.
    /// </summary>
    public static Action? Refusal { get; set; }

    /// <summary>The first float.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer is null, this);
            return _pointer;
        }
    }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>Lets <see cref="PeakBytes"/> count from now on.</summary>
    public static void ForgetPeak() => Volatile.Write(ref s_peak, BytesHeld);

    /// <summary>A part of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside.</exception>
    public Span<float> Span(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new(Pointer + start, length);
    }

    /// <summary>Makes all of it zero.</summary>
    public void Clear() => NativeMemory.Clear(Pointer, (nuint)Length * sizeof(float));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pointer is null)
            return;
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        Interlocked.Add(ref s_held, -_bytes);
    }
}
