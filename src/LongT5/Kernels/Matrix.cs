namespace LongT5.Kernels;

/// <summary>
/// A weight [Rows = out, Columns = in] where it lies: in a mapped file, or in memory that someone else owns.
/// </summary>
internal readonly unsafe struct Matrix
{
    /// <param name="data">The first element; any alignment.</param>
    /// <param name="type">F32, BF16, F16, or I8 or I16, which need scales.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="stride">Elements from one row to the next; <paramref name="columns"/> if not given.</param>
    /// <param name="scales">[rows], of I8 and I16: what a one of each row counts.</param>
    public Matrix(void* data, ElementType type, int rows, int columns, int? stride = null, float* scales = null)
    {
        if (type is not (ElementType.F32 or ElementType.BF16 or ElementType.F16 or ElementType.I8 or ElementType.I16))
            throw new ArgumentException($"A matrix of {type} cannot be multiplied; F32, BF16, F16, I8 and I16 can.",
                nameof(type));
        if (type.IsWhole() && scales is null)
            throw new ArgumentNullException(nameof(scales), $"A matrix of {type} needs a scale for each row.");
        Data = (byte*)data;
        Type = type;
        Rows = rows;
        Columns = columns;
        Stride = stride ?? columns;
        Scales = scales;
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

    /// <summary>[Rows], of I8 and I16: what a one of each row counts; else null.</summary>
    public float* Scales { get; }

    /// <summary>The first element of a row.</summary>
    public byte* Row(int row) => Data + (long)row * Stride * Type.Size();
}
