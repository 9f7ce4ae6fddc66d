using System.Buffers;

namespace LongT5.Text;

/// <summary>A text as the vocabulary spells it, in UTF-8, and where each byte comes from.</summary>
/// <remarks>A space stands for U+2581 wherever the vocabulary escapes spaces: one byte instead of three.</remarks>
sealed class NormalizedText(int capacity, bool withOffsets) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 16));
    private (int Start, int End)[]? _sources
        = withOffsets ? ArrayPool<(int, int)>.Shared.Rent(Math.Max(capacity, 16)) : null;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public bool HasOffsets => _sources is not null;

    /// <summary>Which characters of the source the bytes from <paramref name="start"/> to <paramref name="end"/> come from.</summary>
    public (int Start, int End) Source(int start, int end) => (_sources![start].Start, _sources[end - 1].End);

    public void Append(byte value, int from, int to)
    {
        if (Length == _bytes.Length || (_sources is not null && Length == _sources.Length)) Grow(1);
        _bytes[Length] = value;
        if (_sources is not null) _sources[Length] = (from, to);
        Length++;
    }

    public void Append(ReadOnlySpan<byte> values, int from, int to)
    {
        foreach (var value in values) Append(value, from, to);
    }

    public void Truncate(int length) => Length = length;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        if (_sources is not null) ArrayPool<(int, int)>.Shared.Return(_sources);
        _bytes = [];
        _sources = null;
    }

    private void Grow(int more)
    {
        _bytes = Larger(_bytes, Length + more);
        if (_sources is not null) _sources = Larger(_sources, Length + more);
    }

    private T[] Larger<T>(T[] old, int least)
    {
        if (old.Length >= least) return old;
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(least, (int)Math.Min(2L * old.Length, Array.MaxLength)));
        old.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<T>.Shared.Return(old);
        return larger;
    }
}
