namespace LongT5.Kernels;

/// <summary>How the numbers of an operand are written; loads give floats.</summary>
internal unsafe interface IElements
{
    /// <summary>Bytes of one.</summary>
    static abstract int Size { get; }

    /// <summary>
    /// Up to how many tiles of rows are multiplied as it is; for more it pays to make floats of it first.
    /// </summary>
    static abstract int DirectTiles { get; }

    /// <summary>A register of them, exact.</summary>
    static abstract V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>;

    /// <summary>One of them, exact.</summary>
    static abstract float Load(byte* source);

    /// <summary>Whether sums are whole numbers of 32 bits, to be multiplied by scales in the end.</summary>
    static virtual bool IsWhole => false;

    /// <summary>a · b + c, of lanes that <see cref="Load{V,S}"/> gave.</summary>
    static virtual V MultiplyAdd<V, S>(V a, V b, V c)
        where V : struct
        where S : ILanes<V>
        => S.MultiplyAdd(a, b, c);
}

internal readonly unsafe struct F32 : IElements
{
    public static int Size => 4;

    public static int DirectTiles => int.MaxValue;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.Load((float*)source);

    public static float Load(byte* source) => *(float*)source;
}

internal readonly unsafe struct BF16 : IElements
{
    public static int Size => 2;

    public static int DirectTiles => 2;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.LoadBFloat16((ushort*)source);

    public static float Load(byte* source) => Halves.FromBFloat16(*(ushort*)source);
}

internal readonly unsafe struct F16 : IElements
{
    public static int Size => 2;

    public static int DirectTiles => 1;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.LoadHalf((ushort*)source);

    public static float Load(byte* source) => (float)BitConverter.UInt16BitsToHalf(*(ushort*)source);
}

/// <summary>Whole numbers, to be multiplied by their row's scale.</summary>
internal readonly unsafe struct I8 : IElements
{
    public static int Size => 1;

    public static int DirectTiles => 2;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.LoadInt8((sbyte*)source);

    public static float Load(byte* source) => *(sbyte*)source;
}

/// <summary>Whole numbers of 16 bits, to be multiplied by their row's scale.</summary>
internal readonly unsafe struct I16 : IElements
{
    public static int Size => 2;

    public static int DirectTiles => 2;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.LoadInt16((short*)source);

    public static float Load(byte* source) => *(short*)source;
}

/// <summary>
/// Pairs of 16-bit whole numbers, which are multiplied and summed without rounding; an element is a pair.
/// </summary>
internal readonly unsafe struct I16Pair : IElements
{
    public static int Size => 4;

    public static int DirectTiles => int.MaxValue;

    public static bool IsWhole => true;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.Load((float*)source);

    public static float Load(byte* source) => throw new NotSupportedException("A pair is not one number.");

    public static V MultiplyAdd<V, S>(V a, V b, V c)
        where V : struct
        where S : ILanes<V>
        => S.MultiplyAddPairs(a, b, c);
}
