using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>bfloat16 and IEEE half precision, to and from float; rounded to the nearest, ties to even.</summary>
internal static unsafe class Halves
{
    /// <summary>Any of F32, BF16 and F16 to float, exactly.</summary>
    public static void ToFloats(ElementType type, void* source, float* target, long count)
    {
        switch (type)
        {
            case ElementType.F32: Buffer.MemoryCopy(source, target, count * 4, count * 4); break;
            case ElementType.BF16: FromBFloat16((ushort*)source, target, count); break;
            case ElementType.F16: FromHalf((ushort*)source, target, count); break;
            default: throw new ArgumentException($"{type} is not a kind of float.", nameof(type));
        }
    }

    public static void FromBFloat16(ushort* source, float* target, long count)
        => Simd.Best.FromBFloat16(source, target, count);

    public static void FromHalf(ushort* source, float* target, long count) => Simd.Best.FromHalf(source, target, count);

    public static void ToBFloat16(float* source, ushort* target, long count)
        => Simd.Best.ToBFloat16(source, target, count);

    public static void ToHalf(float* source, ushort* target, long count)
    {
        for (long i = 0; i < count; i++)
            target[i] = BitConverter.HalfToUInt16Bits((Half)source[i]);
    }

    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}

/// <summary>How a half becomes a float in a register: its exponent is moved over and rescaled.</summary>
internal static class HalfBits
{
    /// <summary>2¹¹²: the difference of the exponents' biases; makes subnormal halves normal floats as well.</summary>
    public const float Rescale = 5.192296858534828e33f;

    /// <summary>65504, moved to a float's place.</summary>
    public const int LargestFinite = 0x7BFF << 13;

    /// <summary>The exponent of infinities and of what is not a number.</summary>
    public const int FloatInfinity = 0x7F800000;
}

internal abstract unsafe partial class Simd
{
    public abstract void FromBFloat16(ushort* source, float* target, long count);

    public abstract void FromHalf(ushort* source, float* target, long count);

    public abstract void ToBFloat16(float* source, ushort* target, long count);
}

internal sealed unsafe partial class Simd<V, S>
{
    public override void FromBFloat16(ushort* source, float* target, long count)
        => Widen<BF16>((byte*)source, target, count);

    public override void FromHalf(ushort* source, float* target, long count)
        => Widen<F16>((byte*)source, target, count);

    [MethodImpl(Hot)]
    public override void ToBFloat16(float* source, ushort* target, long count)
    {
        long i = 0;
        for (; i <= count - S.Count; i += S.Count)
            S.StoreBFloat16(S.Load(source + i), target + i);
        for (; i < count; i++)
            target[i] = Halves.ToBFloat16(source[i]);
    }

    [MethodImpl(Hot)]
    private static void Widen<E>(byte* source, float* target, long count)
        where E : IElements
    {
        long i = 0;
        for (; i <= count - S.Count; i += S.Count)
            S.Store(E.Load<V, S>(source + i * E.Size), target + i);
        for (; i < count; i++)
            target[i] = E.Load(source + i * E.Size);
    }
}
