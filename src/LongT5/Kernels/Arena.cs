namespace LongT5.Kernels;

/// <summary>The native memory of one run or one session: whatever was taken from it goes when it goes.</summary>
/// <remarks>
/// Parts take their buffers from the arena of whoever makes them and free nothing themselves. So a part that could not
/// be made leaves nothing behind, and no buffer has two owners.
/// </remarks>
internal sealed class Arena : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];

    /// <summary>A buffer that lives as long as the arena.</summary>
    /// <inheritdoc cref="NativeBuffer(long, bool)"/>
    public NativeBuffer Take(long length, bool clear = false) => Own(new(length, clear));

    /// <summary>Takes over a buffer that someone else made.</summary>
    public NativeBuffer Own(NativeBuffer buffer)
    {
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>
    /// Replaces a buffer by a larger one, whose numbers are not those of the old;
    /// if there is no memory, the old one stays.
    /// </summary>
    public void Grow(ref NativeBuffer buffer, long length)
    {
        var larger = Take(length);
        _buffers.Remove(buffer);
        buffer.Dispose();
        buffer = larger;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }
}
