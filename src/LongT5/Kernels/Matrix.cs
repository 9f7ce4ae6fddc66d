using LongT5.Formats;

namespace LongT5.Kernels;

/// <summary>A weight [Rows = out, Columns = in] where it lies: in a mapped file, or in memory that someone else owns.</summary>
internal readonly unsafe struct Matrix
{
    /// <param name="data">The first element; any alignment.</param>
    /// <param name="type">F32, BF16 or F16.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="stride">Elements from one row to the next; <paramref name="columns"/> if not given.</param>
    public Matrix(void* data, ElementType type, int rows, int columns, int? stride = null)
    {
        if (type is not (ElementType.F32 or ElementType.BF16 or ElementType.F16))
            throw new ArgumentException($"A matrix of {type} cannot be multiplied; F32, BF16 and F16 can.", nameof(type));
        Data = (byte*)data;
        Type = type;
        Rows = rows;
        Columns = columns;
        Stride = stride ?? columns;
    }

    /// <summary>A two-dimensional tensor of a checkpoint.</summary>
    public Matrix(StoredTensor tensor)
        : this(tensor.Data, tensor.Type, Extent(tensor, 0), Extent(tensor, 1))
    {
    }

    /// <summary>The first element.</summary>
    public byte* Data { get; }

    /// <summary>How an element is written.</summary>
    public ElementType Type { get; }

    /// <summary>Outputs of a product.</summary>
    public int Rows { get; }

    /// <summary>Inputs of a product.</summary>
    public int Columns { get; }

    /// <summary>Elements from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>The first element of a row.</summary>
    public byte* Row(int row) => Data + (long)row * Stride * Type.Size();

    private static int Extent(StoredTensor tensor, int axis) => tensor.Shape.Length == 2
        ? checked((int)tensor.Shape[axis])
        : throw new ArgumentException($"{tensor.Name} is not a matrix: it has {tensor.Shape.Length} dimensions.");
}
