using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>exp(x) over its sum; the maximum is taken off first, so nothing overflows.</summary>
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
}

internal abstract unsafe partial class Simd
{
    /// <summary>y = exp(x - shift), or nothing if y is null; gives the sum.</summary>
    public abstract float Exp(float* x, int n, float shift, float* y);
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
}
