namespace LongT5.Kernels;

/// <summary>How the numbers of an operand are written; loads give floats.</summary>
internal unsafe interface IElements
{
    /// <summary>Bytes of one.</summary>
    static abstract int Size { get; }

    /// <summary>A register of them, exact.</summary>
    static abstract V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>;

    /// <summary>One of them, exact.</summary>
    static abstract float Load(byte* source);
}

internal readonly unsafe struct F32 : IElements
{
    public static int Size => 4;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.Load((float*)source);

    public static float Load(byte* source) => *(float*)source;
}

internal readonly unsafe struct BF16 : IElements
{
    public static int Size => 2;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.LoadBFloat16((ushort*)source);

    public static float Load(byte* source) => Halves.FromBFloat16(*(ushort*)source);
}

internal readonly unsafe struct F16 : IElements
{
    public static int Size => 2;

    public static V Load<V, S>(byte* source)
        where V : struct
        where S : ILanes<V>
        => S.LoadHalf((ushort*)source);

    public static float Load(byte* source) => (float)BitConverter.UInt16BitsToHalf(*(ushort*)source);
}
