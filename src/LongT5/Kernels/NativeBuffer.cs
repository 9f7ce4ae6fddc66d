using System.Runtime.InteropServices;

namespace LongT5.Kernels;

/// <summary>Floats outside the managed heap, aligned to a cache line: activations, states, packed panels.</summary>
/// <remarks>
/// Not cleared unless asked for. Whoever makes it disposes it: the collector does not, because it cannot see the pointers
/// that are still in use.
/// </remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    /// <param name="length">Number of floats; 0 is allowed.</param>
    /// <param name="clear">Whether all of them start as zero.</param>
    /// <exception cref="InsufficientMemoryException">The system has no more memory; the message says how much was asked for.</exception>
    public NativeBuffer(long length, bool clear = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = checked((nuint)length * sizeof(float));
        try
        {
            Pointer = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, Alignment), Alignment);
        }
        catch (OutOfMemoryException)
        {
            throw new InsufficientMemoryException(
                $"{bytes / 1e9:F2} GB of memory were asked for and not given; use a shorter input, fewer beams or a smaller type of weights.");
        }
        if (clear)
            NativeMemory.Clear(Pointer, bytes);
    }

    /// <summary>The first float; null once disposed.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>A part of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside.</exception>
    public Span<float> Span(long start, int length)
    {
        ObjectDisposedException.ThrowIf(Pointer is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - length);
        return new(Pointer + start, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
