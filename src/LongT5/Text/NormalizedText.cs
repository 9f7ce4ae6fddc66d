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

    /// <summary>
    /// Which characters of the source the bytes from <paramref name="start"/> to <paramref name="end"/> come from.
    /// </summary>
    public (int Start, int End) Source(int start, int end) => (_sources![start].Start, _sources[end - 1].End);

    public void Append(byte value, int from, int to)
    {
        if (Length == _bytes.Length || (_sources is not null && Length == _sources.Length)) Grow(1);
        _bytes[Length] = value;
        _sources?[Length] = (from, to);
        Length++;
    }

    public void Append(ReadOnlySpan<byte> values, int from, int to)
    {
        foreach (var value in values) Append(value, from, to);
    }

    /// <summary>Adds a byte that comes from where a byte of another text comes from.</summary>
    public void Append(byte value, NormalizedText other, int index)
    {
        var (from, to) = other._sources is null ? default : other._sources[index];
        Append(value, from, to);
    }

    /// <summary>Says anew where the last few bytes come from.</summary>
    public void SetSource(int last, int from, int to) => _sources.AsSpan(Length - last, last).Fill((from, to));

    /// <summary>Whether a byte comes from the first character of the source.</summary>
    public bool StartsAtZero(int index) => _sources![index].Start == 0;

    /// <summary>Keeps what lies between two places.</summary>
    public NormalizedText Keep(int start, int end)
    {
        if (start > 0)
        {
            _bytes.AsSpan(start, end - start).CopyTo(_bytes);
            _sources?.AsSpan(start, end - start).CopyTo(_sources);
        }
        Length = end - start;
        return this;
    }

    /// <summary>
    /// Replaces a pattern, with the repetitions of its last byte that follow if <paramref name="greedy"/>.
    /// </summary>
    public NormalizedText Replace(ReadOnlySpan<byte> pattern, bool greedy, ReadOnlySpan<byte> content)
    {
        var next = Bytes.IndexOf(pattern);
        if (next < 0) return this;
        var replaced = new NormalizedText(Length, HasOffsets);
        for (var at = 0; at < Length;)
        {
            var end = next < 0 ? Length : next;
            for (; at < end; at++) replaced.Append(_bytes[at], this, at);
            if (next < 0) break;
            at += pattern.Length;
            while (greedy && at < Length && _bytes[at] == pattern[^1]) at++;
            foreach (var value in content) replaced.Append(value, this, at - 1);
            next = Bytes[at..].IndexOf(pattern) is >= 0 and var found ? at + found : -1;
        }
        Dispose();
        return replaced;
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
