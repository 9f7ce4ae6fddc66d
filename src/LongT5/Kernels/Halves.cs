using LongT5.Formats;

namespace LongT5.Kernels;

/// <summary>bfloat16 and IEEE half precision, to and from float; rounded to the nearest, ties to even.</summary>
internal static unsafe class Halves
{
    /// <summary>Any of F32, BF16 and F16 to float.</summary>
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
    {
        for (long i = 0; i < count; i++)
            target[i] = FromBFloat16(source[i]);
    }

    public static void ToBFloat16(float* source, ushort* target, long count)
    {
        for (long i = 0; i < count; i++)
            target[i] = ToBFloat16(source[i]);
    }

    public static void FromHalf(ushort* source, float* target, long count)
    {
        for (long i = 0; i < count; i++)
            target[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

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
            ? (ushort)(bits >> 16 | 0x40)
            : (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }
}
