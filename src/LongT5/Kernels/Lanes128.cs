using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LongT5.Kernels;

/// <summary>Any machine with vectors of 4 floats: ARM64, x64 without AVX2.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Count => 4;

    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadBFloat16(ushort* source) => (Widen(source) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadHalf(ushort* source)
    {
        var bits = Widen(source);
        var magnitude = (bits & Vector128.Create(0x7FFF)) << 13;
        var value = (magnitude.AsSingle() * HalfBits.Rescale).AsInt32();
        value |= Vector128.GreaterThan(magnitude, Vector128.Create(HalfBits.LargestFinite))
            & Vector128.Create(HalfBits.FloatInfinity);
        return (value | ((bits & Vector128.Create(0x8000)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadInt8(sbyte* source)
        => Vector128.Create((float)source[0], source[1], source[2], source[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadInt16(short* source)
        => Vector128.Create((float)source[0], source[1], source[2], source[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector128<float> value, short* target)
    {
        var whole = Vector128.ConvertToInt32(Vector128.Round(value));
        *(long*)target = Vector128.Narrow(whole, whole).AsInt64()[0];
    }

    public static void Prefetch(byte* source)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(source);
    }

    public static void Store(Vector128<float> value, float* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Vector128<float> value, ushort* target)
    {
        var bits = value.AsUInt32();
        var rounded = bits + Vector128.Create(0x7FFFu) + ((bits >> 16) & Vector128.Create(1u));
        rounded = Vector128.ConditionalSelect(
            Vector128.IsNaN(value).AsUInt32(), bits | Vector128.Create(0x400000u), rounded) >> 16;
        *(ulong*)target = Vector128.Narrow(rounded, rounded).AsUInt64()[0];
    }

    public static Vector128<float> Fill(float value) => Vector128.Create(value);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c)
        => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAddPairs(Vector128<float> a, Vector128<float> b, Vector128<float> c)
    {
        if (Sse2.IsSupported)
            return Sse2.Add(c.AsInt32(), Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())).AsSingle();
        var (x, y) = (a.AsInt32(), b.AsInt32());
        return (c.AsInt32() + ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16)).AsSingle();
    }

    public static Vector128<float> WholeToFloat(Vector128<float> a) => Vector128.ConvertToSingle(a.AsInt32());

    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.Max(a, b);

    public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => Vector128.Min(a, b);

    public static Vector128<float> Round(Vector128<float> a) => Vector128.Round(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> PowerOfTwo(Vector128<float> n)
        => ((Vector128.ConvertToInt32(n) + Vector128.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> IfLess(Vector128<float> a, Vector128<float> b, Vector128<float> x,
        Vector128<float> y)
        => Vector128.ConditionalSelect(Vector128.LessThan(a, b), x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> a) => a[0] + a[2] + (a[1] + a[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sums(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* target)
    {
        if (Sse.IsSupported)
        {
            var ab = Sse.Add(Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b)); // a0 + a2, b0 + b2, a1 + a3, b1 + b3
            var cd = Sse.Add(Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
            Sse.Store(target, Sse.Add(Sse.MoveLowToHigh(ab, cd), Sse.MoveHighToLow(cd, ab)));
            return;
        }
        (target[0], target[1], target[2], target[3]) = (Sum(a), Sum(b), Sum(c), Sum(d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector128<float> a) => MathF.Max(MathF.Max(a[0], a[2]), MathF.Max(a[1], a[3]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen(ushort* source)
        => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()).AsInt32();
}
