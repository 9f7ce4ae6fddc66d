namespace LongT5.Kernels;

/// <summary>
/// Native memory for the length of one call, kept for the next: no call pays the system for fresh pages.
/// </summary>
internal static class Scratch
{
    private const int Kept = 8;
    private static readonly Lock s_gate = new();
    private static readonly List<NativeBuffer> s_free = [];

    /// <summary>At least <paramref name="length"/> floats, not cleared; disposing gives them back.</summary>
    public static unsafe Rented Rent(long length)
    {
        lock (s_gate)
        {
            var best = -1;
            for (var i = 0; i < s_free.Count; i++)
                if (s_free[i].Length >= length && (best < 0 || s_free[i].Length < s_free[best].Length))
                    best = i;
            if (best >= 0)
            {
                var buffer = s_free[best];
                s_free.RemoveAt(best);
                return new(buffer);
            }
        }
        return new(new NativeBuffer(length));
    }

    /// <summary>Frees what is kept and not lent.</summary>
    public static void Clear()
    {
        NativeBuffer[] kept;
        lock (s_gate)
        {
            kept = [.. s_free];
            s_free.Clear();
        }
        foreach (var buffer in kept)
            buffer.Dispose();
    }

    private static void Return(NativeBuffer buffer)
    {
        NativeBuffer? smallest = null;
        lock (s_gate)
        {
            s_free.Add(buffer);
            if (s_free.Count > Kept)
                s_free.Remove(smallest = s_free.MinBy(free => free.Length)!);
        }
        smallest?.Dispose();
    }

    /// <summary>A loan of <see cref="Scratch"/>.</summary>
    public readonly unsafe ref struct Rented(NativeBuffer? buffer)
    {
        /// <summary>The first float; null of a loan that was never made.</summary>
        public float* Pointer { get; } = buffer is null ? null : buffer.Pointer;

        /// <summary>Gives the memory back.</summary>
        public void Dispose()
        {
            if (buffer is not null)
                Return(buffer);
        }
    }
}
