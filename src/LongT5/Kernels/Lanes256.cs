using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LongT5.Kernels;

/// <summary>AVX2 and FMA: 8 floats.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static int Count => 8;

    public static Vector256<float> Load(float* source) => Avx.LoadVector256(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadBFloat16(ushort* source)
        => Avx2.ShiftLeftLogical(Avx2.ConvertToVector256Int32(Sse2.LoadVector128(source)), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadHalf(ushort* source)
    {
        var bits = Avx2.ConvertToVector256Int32(Sse2.LoadVector128(source));
        var magnitude = Avx2.ShiftLeftLogical(Avx2.And(bits, Vector256.Create(0x7FFF)), 13);
        var value = Avx.Multiply(magnitude.AsSingle(), Vector256.Create(HalfBits.Rescale)).AsInt32();
        var infinite = Avx2.CompareGreaterThan(magnitude, Vector256.Create(HalfBits.LargestFinite));
        value = Avx2.Or(value, Avx2.And(infinite, Vector256.Create(HalfBits.FloatInfinity)));
        return Avx2.Or(value, Avx2.ShiftLeftLogical(Avx2.And(bits, Vector256.Create(0x8000)), 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadInt8(sbyte* source)
        => Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadInt16(short* source)
        => Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(Sse2.LoadVector128(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector256<float> value, short* target)
    {
        var whole = Avx.ConvertToVector256Int32(value);
        Sse2.Store(target, Sse2.PackSignedSaturate(whole.GetLower(), whole.GetUpper()));
    }

    public static void Prefetch(byte* source) => Sse.Prefetch0(source);

    public static void Store(Vector256<float> value, float* target) => Avx.Store(target, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Vector256<float> value, ushort* target)
    {
        var bits = value.AsInt32();
        var odd = Avx2.And(Avx2.ShiftRightLogical(bits, 16), Vector256.Create(1));
        var rounded = Avx2.Add(Avx2.Add(bits, Vector256.Create(0x7FFF)), odd);
        var nan = Avx.CompareUnordered(value, value).AsInt32();
        rounded = Avx2.BlendVariable(rounded, Avx2.Or(bits, Vector256.Create(0x400000)), nan);
        rounded = Avx2.ShiftRightLogical(rounded, 16);
        Sse2.Store(target, Sse41.PackUnsignedSaturate(rounded.GetLower(), rounded.GetUpper()));
    }

    public static Vector256<float> Fill(float value) => Vector256.Create(value);

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => Avx.Add(a, b);

    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => Avx.Subtract(a, b);

    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => Avx.Multiply(a, b);

    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => Avx.Divide(a, b);

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c)
        => Fma.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAddPairs(Vector256<float> a, Vector256<float> b, Vector256<float> c)
        => AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(c.AsInt32(), a.AsInt16(), b.AsInt16()).AsSingle()
            : Avx2.Add(c.AsInt32(), Avx2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())).AsSingle();

    public static Vector256<float> WholeToFloat(Vector256<float> a) => Avx.ConvertToVector256Single(a.AsInt32());

    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Avx.Max(a, b);

    public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => Avx.Min(a, b);

    public static Vector256<float> Round(Vector256<float> a) => Avx.RoundToNearestInteger(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> PowerOfTwo(Vector256<float> n)
        => Avx2.ShiftLeftLogical(
            Avx2.Add(Avx.ConvertToVector256Int32(n), Vector256.Create(127)), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> IfLess(Vector256<float> a, Vector256<float> b, Vector256<float> x,
        Vector256<float> y)
        => Avx.BlendVariable(y, x, Avx.CompareLessThan(a, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> a) => Lanes128.Sum(Sse.Add(a.GetLower(), a.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sums(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* target)
        => Lanes128.Sums(
            Sse.Add(a.GetLower(), a.GetUpper()), Sse.Add(b.GetLower(), b.GetUpper()),
            Sse.Add(c.GetLower(), c.GetUpper()), Sse.Add(d.GetLower(), d.GetUpper()), target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> a) => Lanes128.Largest(Sse.Max(a.GetLower(), a.GetUpper()));
}
