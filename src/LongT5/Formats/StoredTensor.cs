using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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

    /// <summary>Whether both are of one type and shape and have the same bytes; ends at the first difference.</summary>
    internal bool HasBytesOf(StoredTensor other)
    {
        if (Type != other.Type || !Shape.AsSpan().SequenceEqual(other.Shape))
            return false;
        if (Data == other.Data)
            return true;
        const int Piece = 1 << 20;
        for (var start = 0L; start < ByteLength; start += Piece)
        {
            var length = (int)Math.Min(Piece, ByteLength - start);
            if (!Bytes(start)[..length].SequenceEqual(other.Bytes(start)[..length]))
                return false;
        }
        return true;
    }

    /// <summary>The elements from <paramref name="start"/> on as floats, whatever type they are stored in.</summary>
    /// <param name="start">The first element, counted over the whole tensor.</param>
    /// <param name="destination">As many elements as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of them would lie behind the end.</exception>
    public void CopyTo(long start, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - destination.Length);
        var bytes = new ReadOnlySpan<byte>(Data + start * Type.Size(), checked(destination.Length * Type.Size()));
        switch (Type)
        {
            case ElementType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(destination);
                break;
            case ElementType.BF16:
                var patterns = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)patterns[i] << 16);
                break;
            case ElementType.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), destination);
                break;
            case ElementType.F64:
                TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, double>(bytes), destination);
                break;
            default:
                throw new NotSupportedException($"{Name} holds {Type}; floating-point numbers were expected.");
        }
    }

    /// <summary>All elements as floats, in an array of their own; for tensors of less than 2^31 elements.</summary>
    public float[] ToArray()
    {
        var values = new float[checked((int)Count)];
        CopyTo(0, values);
        return values;
    }
}
