using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LongT5.Kernels;

/// <summary>AVX-512: 16 floats.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    public static int Count => 16;

    public static Vector512<float> Load(float* source) => Avx512F.LoadVector512(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadBFloat16(ushort* source)
        => Avx512F.ShiftLeftLogical(Avx512F.ConvertToVector512Int32(Avx.LoadVector256(source)), 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadHalf(ushort* source)
    {
        var bits = Avx512F.ConvertToVector512Int32(Avx.LoadVector256(source));
        var magnitude = Avx512F.ShiftLeftLogical(Avx512F.And(bits, Vector512.Create(0x7FFF)), 13);
        var value = Avx512F.Multiply(magnitude.AsSingle(), Vector512.Create(HalfBits.Rescale)).AsInt32();
        var infinite = Avx512F.CompareGreaterThan(magnitude, Vector512.Create(HalfBits.LargestFinite));
        value = Avx512F.Or(value, Avx512F.And(infinite, Vector512.Create(HalfBits.FloatInfinity)));
        return Avx512F.Or(value, Avx512F.ShiftLeftLogical(Avx512F.And(bits, Vector512.Create(0x8000)), 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadInt8(sbyte* source)
        => Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Sse2.LoadVector128(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadInt16(short* source)
        => Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Avx.LoadVector256(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInt16(Vector512<float> value, short* target)
        => Avx.Store(target, Avx512F.ConvertToVector256Int16(Avx512F.ConvertToVector512Int32(value)));

    public static void Prefetch(byte* source) => Sse.Prefetch0(source);

    public static void Store(Vector512<float> value, float* target) => Avx512F.Store(target, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Vector512<float> value, ushort* target)
    {
        var bits = value.AsInt32();
        var odd = Avx512F.And(Avx512F.ShiftRightLogical(bits, 16), Vector512.Create(1));
        var rounded = Avx512F.Add(Avx512F.Add(bits, Vector512.Create(0x7FFF)), odd);
        var nan = Avx512F.CompareUnordered(value, value).AsInt32();
        rounded = Avx512F.BlendVariable(rounded, Avx512F.Or(bits, Vector512.Create(0x400000)), nan);
        Avx.Store(target, Avx512F.ConvertToVector256UInt16(Avx512F.ShiftRightLogical(rounded, 16).AsUInt32()));
    }

    public static Vector512<float> Fill(float value) => Vector512.Create(value);

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => Avx512F.Add(a, b);

    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => Avx512F.Subtract(a, b);

    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => Avx512F.Multiply(a, b);

    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => Avx512F.Divide(a, b);

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c)
        => Avx512F.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAddPairs(Vector512<float> a, Vector512<float> b, Vector512<float> c)
        => Avx512F.Add(c.AsInt32(), Avx512BW.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())).AsSingle();

    public static Vector512<float> WholeToFloat(Vector512<float> a) => Avx512F.ConvertToVector512Single(a.AsInt32());

    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Avx512F.Max(a, b);

    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Avx512F.Min(a, b);

    public static Vector512<float> Round(Vector512<float> a) => Avx512F.RoundScale(a, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwo(Vector512<float> n)
        => Avx512F.ShiftLeftLogical(
            Avx512F.Add(Avx512F.ConvertToVector512Int32(n), Vector512.Create(127)), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> IfLess(Vector512<float> a, Vector512<float> b, Vector512<float> x,
        Vector512<float> y)
        => Avx512F.BlendVariable(y, x, Avx512F.CompareLessThan(a, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> a) => Lanes256.Sum(Avx.Add(a.GetLower(), a.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sums(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target)
    {
        var ab = Avx512F.Add(Avx512F.Shuffle4x128(a, b, 0x44), Avx512F.Shuffle4x128(a, b, 0xEE)); // halves of a, of b
        var cd = Avx512F.Add(Avx512F.Shuffle4x128(c, d, 0x44), Avx512F.Shuffle4x128(c, d, 0xEE));
        var sums = Avx512F.Add(Avx512F.Shuffle4x128(ab, cd, 0x88), Avx512F.Shuffle4x128(ab, cd, 0xDD)); // a, b, c, d
        sums = Avx512F.Add(sums, Avx512F.Permute4x32(sums, 0x4E));
        sums = Avx512F.Add(sums, Avx512F.Permute4x32(sums, 0xB1)); // four times each
        Sse.Store(target,
            Avx512F.PermuteVar16x32(sums, Vector512.Create(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).GetLower()
                .GetLower());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> a) => Lanes256.Largest(Avx.Max(a.GetLower(), a.GetUpper()));
}
