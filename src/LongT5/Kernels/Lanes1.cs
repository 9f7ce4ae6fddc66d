namespace LongT5.Kernels;

/// <summary>One float: a machine without vectors.</summary>
internal readonly unsafe struct Lanes1 : ILanes<float>
{
    public static int Count => 1;

    public static float Load(float* source) => *source;

    public static float LoadBFloat16(ushort* source) => Halves.FromBFloat16(*source);

    public static float LoadHalf(ushort* source) => (float)BitConverter.UInt16BitsToHalf(*source);

    public static float LoadInt8(sbyte* source) => *source;

    public static float LoadInt16(short* source) => *source;

    public static void StoreInt16(float value, short* target) => *target = (short)MathF.Round(value);

    public static void Prefetch(byte* source)
    {
    }

    public static void Store(float value, float* target) => *target = value;

    public static void StoreBFloat16(float value, ushort* target) => *target = Halves.ToBFloat16(value);

    public static float Fill(float value) => value;

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    public static float MultiplyAdd(float a, float b, float c) => a * b + c;

    public static float MultiplyAddPairs(float a, float b, float c)
    {
        var (x, y) = (BitConverter.SingleToInt32Bits(a), BitConverter.SingleToInt32Bits(b));
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(c) + (short)x * (short)y + (x >> 16)
            * (y >> 16));
    }

    public static float WholeToFloat(float a) => BitConverter.SingleToInt32Bits(a);

    public static float Max(float a, float b) => MathF.Max(a, b);

    public static float Min(float a, float b) => MathF.Min(a, b);

    public static float Round(float a) => MathF.Round(a);

    public static float PowerOfTwo(float n) => BitConverter.Int32BitsToSingle((int)n + 127 << 23);

    public static float IfLess(float a, float b, float x, float y) => a < b ? x : y;

    public static float Sum(float a) => a;

    public static void Sums(float a, float b, float c, float d, float* target)
        => (target[0], target[1], target[2], target[3]) = (a, b, c, d);

    public static float Largest(float a) => a;
}
