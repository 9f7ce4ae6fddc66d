using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>One tensor of a checkpoint: row-major, little-endian, in mapped or owned memory.</summary>
/// <remarks>
/// Most lie in the file as they are needed and are used there. The others (compressed, transposed, strided) are made
/// when they are first asked for, into memory of their own. Either way the bytes live as long as the file of the
/// <see cref="Checkpoint"/> that gave the tensor: a tensor that outlives it throws, whoever keeps the pointer keeps a
/// lease. A pointer, not a span, because one tensor may exceed 2 GiB.
/// </remarks>
public sealed unsafe class StoredTensor
{
    private readonly Lock _making = new();
    private readonly Lifetime _memory;
    private readonly Maker? _make;
    private byte* _data;

    /// <summary>A tensor that lies in memory as it is needed.</summary>
    internal StoredTensor(Lifetime memory, string name, ElementType type, long[] shape, byte* data)
    {
        (_memory, Name, Type, Shape) = (memory, name, type, shape);
        _data = data;
    }

    /// <summary>A tensor that is made of what lies in memory, and kept there.</summary>
    internal StoredTensor(Lifetime memory, string name, ElementType type, long[] shape, Maker make)
        => (_memory, Name, Type, Shape, _make) = (memory, name, type, shape, make);

    /// <summary>
    /// Writes all bytes of a tensor; throws <see cref="BadFileException"/> where the file is damaged.
    /// </summary>
    internal delegate void Maker(byte* destination);

    /// <summary>The name, in Hugging Face's spelling: <c>encoder.block.0.layer.0...</c>.</summary>
    public string Name { get; }

    /// <summary>How each element is written.</summary>
    public ElementType Type { get; }

    /// <summary>Row-major extents; a matrix is [out, in].</summary>
    public long[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Number of bytes.</summary>
    public long ByteLength => Count * Type.Size();

    /// <summary>Whether the file's own bytes are used, without a copy.</summary>
    public bool IsMapped => _make is null;

    /// <summary>How long the bytes are there.</summary>
    internal Lifetime Memory => _memory;

    /// <summary>
    /// The first byte; not necessarily aligned. It is there as long as a lease of <see cref="Memory"/> is held.
    /// </summary>
    /// <exception cref="BadFileException">The tensor must be made and its file is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The checkpoint was disposed.</exception>
    internal byte* Data
    {
        get
        {
            using var lease = _memory.Use(this);
            if (_make is null)
                return _data;
            lock (_making)
            {
                if (_data is null)
                    _data = (byte*)_memory.Keep(Make()).Pointer;
                return _data;
            }
        }
    }

    /// <summary>The bytes from <paramref name="start"/> on, at most <see cref="int.MaxValue"/> of them.</summary>
    internal ReadOnlySpan<byte> Bytes(long start = 0)
        => new(Data + start, (int)Math.Min(int.MaxValue, ByteLength - start));

    /// <summary>The elements from <paramref name="start"/> on as floats, whatever type they are stored in.</summary>
    /// <param name="start">The first element, counted over the whole tensor.</param>
    /// <param name="destination">As many elements as it has room for.</param>
    /// <exception cref="ArgumentOutOfRangeException">Some of them would lie behind the end.</exception>
    public void CopyTo(long start, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - destination.Length);
        using var lease = _memory.Use(this);
        Widen(Type, Data + start * Type.Size(), destination);
    }

    /// <summary>All elements as floats, in an array of their own; for tensors of less than 2^31 elements.</summary>
    public float[] ToArray()
    {
        var values = new float[checked((int)Count)];
        CopyTo(0, values);
        return values;
    }

    /// <summary>Elements of a type of whole numbers.</summary>
    /// <param name="start">The first element, counted over the whole tensor.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="NotSupportedException">It holds no whole numbers.</exception>
    /// <exception cref="OverflowException">One is beyond 32 bits.</exception>
    public int[] ToIntegers(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - count);
        using var lease = _memory.Use(this);
        var bytes = new ReadOnlySpan<byte>(Data + start * Type.Size(), checked(count * Type.Size()));
        var numbers = new int[count];
        switch (Type)
        {
            case ElementType.I32:
                MemoryMarshal.Cast<byte, int>(bytes).CopyTo(numbers);
                break;
            case ElementType.I64:
                TensorPrimitives.ConvertChecked<long, int>(MemoryMarshal.Cast<byte, long>(bytes), numbers);
                break;
            case ElementType.U8 or ElementType.Bool:
                TensorPrimitives.ConvertChecked<byte, int>(bytes, numbers);
                break;
            default:
                throw new NotSupportedException($"{Name} holds {Type}; int32 or int64 was expected.");
        }
        return numbers;
    }

    /// <summary>Elements of any floating-point type as floats; doubles are rounded to the nearest.</summary>
    internal static void Widen(ElementType type, byte* source, Span<float> destination)
    {
        var bytes = new ReadOnlySpan<byte>(source, checked(destination.Length * type.Size()));
        switch (type)
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
                throw new NotSupportedException($"{type} is no type of floating-point numbers.");
        }
    }

    /// <summary>The same tensor under another name.</summary>
    internal StoredTensor Named(string name)
        => name == Name ? this : _make is null
            ? new(_memory, name, Type, Shape, _data) : new(_memory, name, Type, Shape, _make);

    /// <summary>The bytes for a moment: made for it, if need be, and freed with it.</summary>
    internal Loan Borrow()
    {
        var lease = _memory.Use(this);
        try
        {
            if (_make is null)
                return new(lease, _data, null);
            lock (_making)
            {
                if (_data is not null)
                    return new(lease, _data, null);
            }
            var made = Make();
            return new(lease, (byte*)made.Pointer, made);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Whether both are of one type and shape and have the same bytes; ends at the first difference.</summary>
    internal bool HasBytesOf(StoredTensor other)
    {
        if (Type != other.Type || !Shape.AsSpan().SequenceEqual(other.Shape))
            return false;
        using Loan mine = Borrow(), theirs = other.Borrow();
        if (mine.Data == theirs.Data)
            return true;
        const int Piece = 1 << 20;
        for (var start = 0L; start < ByteLength; start += Piece)
        {
            var length = (int)Math.Min(Piece, ByteLength - start);
            if (!new ReadOnlySpan<byte>(mine.Data + start, length).SequenceEqual(new(theirs.Data + start, length)))
                return false;
        }
        return true;
    }

    private NativeBuffer Make()
    {
        var memory = NativeBuffer.OfBytes(ByteLength);
        try
        {
            _make!((byte*)memory.Pointer);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of a tensor for the length of a block of code.</summary>
    internal readonly ref struct Loan(Lifetime.Lease lease, byte* data, NativeBuffer? own)
    {
        public byte* Data { get; } = data;

        public void Dispose()
        {
            own?.Dispose();
            lease.Dispose();
        }
    }
}
