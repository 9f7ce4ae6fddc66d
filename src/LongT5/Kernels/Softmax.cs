using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>exp(x) over its sum, and the logarithm of that; the maximum is taken off first, so nothing overflows.</summary>
internal static unsafe class Softmax
{
    /// <summary>x becomes its softmax.</summary>
    public static void Row(float* x, int n)
    {
        var sum = Exp(x, n, Vectors.Max(x, n));
        Vectors.Scale(x, 1 / sum, n);
    }

    /// <summary>x becomes exp(x - shift); gives the sum. What an online softmax is made of.</summary>
    public static float Exp(float* x, int n, float shift) => Simd.Best.Exp(x, n, shift, x);

    /// <summary>y = log(softmax(x)); y may be x.</summary>
    public static void LogRow(ReadOnlySpan<float> x, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        fixed (float* from = x, to = y)
        {
            var max = Vectors.Max(from, x.Length);
            Simd.Best.Subtract(from, max + MathF.Log(Simd.Best.Exp(from, x.Length, max, null)), to, x.Length);
        }
    }
}

internal abstract unsafe partial class Simd
{
    /// <summary>y = exp(x - shift), or nothing if y is null; gives the sum.</summary>
    public abstract float Exp(float* x, int n, float shift, float* y);

    /// <summary>y = x - shift.</summary>
    public abstract void Subtract(float* x, float shift, float* y, int n);
}

internal sealed unsafe partial class Simd<V, S>
{
    [MethodImpl(Hot)]
    public override float Exp(float* x, int n, float shift, float* y)
    {
        var less = S.Fill(shift);
        V sum = default;
        var i = 0;
        for (; i <= n - S.Count; i += S.Count)
        {
            var e = Exp(S.Subtract(S.Load(x + i), less));
            sum = S.Add(sum, e);
            if (y is not null)
                S.Store(e, y + i);
        }
        if (i < n)
        {
            var e = Exp(S.Subtract(LoadPart(x + i, n - i, float.NegativeInfinity), less));
            sum = S.Add(sum, e);
            if (y is not null)
                StorePart(e, y + i, n - i);
        }
        return S.Sum(sum);
    }

    [MethodImpl(Hot)]
    public override void Subtract(float* x, float shift, float* y, int n)
    {
        var less = S.Fill(shift);
        var i = 0;
        for (; i <= n - S.Count; i += S.Count)
            S.Store(S.Subtract(S.Load(x + i), less), y + i);
        for (; i < n; i++)
            y[i] = x[i] - shift;
    }
}
