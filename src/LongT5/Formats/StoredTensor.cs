namespace LongT5.Formats;

/// <summary>One tensor of a checkpoint where it lies: row-major, little-endian, in mapped or owned memory.</summary>
/// <remarks>
/// The bytes live as long as the <see cref="Checkpoint"/> that gave the tensor; whoever keeps the pointer keeps that.
/// A pointer, not a span, because one tensor may exceed 2 GiB.
/// </remarks>
public sealed unsafe class StoredTensor
{
    internal StoredTensor(string name, ElementType type, long[] shape, byte* data)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>The name, in Hugging Face's spelling: <c>encoder.block.0.layer.0...</c>.</summary>
    public string Name { get; }

    /// <summary>How each element is written.</summary>
    public ElementType Type { get; }

    /// <summary>Row-major extents; a matrix is [out, in].</summary>
    public long[] Shape { get; }

    /// <summary>The first byte; not necessarily aligned.</summary>
    internal byte* Data { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Number of bytes.</summary>
    public long ByteLength => Count * Type.Size();

    /// <summary>The bytes from <paramref name="start"/> on, at most <see cref="int.MaxValue"/> of them.</summary>
    internal ReadOnlySpan<byte> Bytes(long start = 0)
        => new(Data + start, (int)Math.Min(int.MaxValue, ByteLength - start));
}
