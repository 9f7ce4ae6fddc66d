using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>
/// Sums and products of plain vectors. Each result is summed in an order that depends on the length alone.
/// </summary>
internal static unsafe class Vectors
{
    /// <summary>Σ a[i] b[i].</summary>
    public static float Dot(float* a, float* b, int n) => Simd.Best.Dot(a, b, n);

    /// <summary>y += s x.</summary>
    public static void AddScaled(float* y, float s, float* x, int n) => Simd.Best.AddScaled(y, s, x, n);

    /// <summary>y += x.</summary>
    public static void Add(float* y, float* x, long n) => Simd.Best.Add(y, x, n);

    /// <summary>y *= s.</summary>
    public static void Scale(float* y, float s, long n) => Simd.Best.Scale(y, s, n);

    /// <summary>The largest value; negative infinity for none.</summary>
    public static float Max(float* x, int n) => Simd.Best.Max(x, n);
}

internal abstract unsafe partial class Simd
{
    public abstract float Dot(float* a, float* b, int n);

    public abstract void AddScaled(float* y, float s, float* x, int n);

    public abstract void Add(float* y, float* x, long n);

    public abstract void Scale(float* y, float s, long n);

    public abstract float Max(float* x, int n);

    /// <summary>y += x; gives the largest y.</summary>
    public abstract float AddThenMax(float* y, float* x, int n);
}

internal sealed unsafe partial class Simd<V, S>
{
    [MethodImpl(Hot)]
    public override float Dot(float* a, float* b, int n)
    {
        // Four chains of sums, so that none waits for its own last addition.
        V s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= n - 4 * S.Count; i += 4 * S.Count)
        {
            s0 = S.MultiplyAdd(S.Load(a + i), S.Load(b + i), s0);
            s1 = S.MultiplyAdd(S.Load(a + i + S.Count), S.Load(b + i + S.Count), s1);
            s2 = S.MultiplyAdd(S.Load(a + i + 2 * S.Count), S.Load(b + i + 2 * S.Count), s2);
            s3 = S.MultiplyAdd(S.Load(a + i + 3 * S.Count), S.Load(b + i + 3 * S.Count), s3);
        }
        for (; i <= n - S.Count; i += S.Count)
            s0 = S.MultiplyAdd(S.Load(a + i), S.Load(b + i), s0);
        return S.Sum(S.Add(S.Add(s0, s1), S.Add(s2, s3))) + Rest<F32>(a, (byte*)b, i, n);
    }

    [MethodImpl(Hot)]
    public override void AddScaled(float* y, float s, float* x, int n)
    {
        var factor = S.Fill(s);
        var i = 0;
        for (; i <= n - S.Count; i += S.Count)
            S.Store(S.MultiplyAdd(factor, S.Load(x + i), S.Load(y + i)), y + i);
        if (i < n)
            StorePart(S.MultiplyAdd(factor, LoadPart(x + i, n - i), LoadPart(y + i, n - i)), y + i, n - i);
    }

    [MethodImpl(Hot)]
    public override void Add(float* y, float* x, long n)
    {
        long i = 0;
        for (; i <= n - S.Count; i += S.Count)
            S.Store(S.Add(S.Load(y + i), S.Load(x + i)), y + i);
        for (; i < n; i++)
            y[i] += x[i];
    }

    [MethodImpl(Hot)]
    public override void Scale(float* y, float s, long n)
    {
        var factor = S.Fill(s);
        long i = 0;
        for (; i <= n - S.Count; i += S.Count)
            S.Store(S.Multiply(factor, S.Load(y + i)), y + i);
        for (; i < n; i++)
            y[i] *= s;
    }

    [MethodImpl(Hot)]
    public override float Max(float* x, int n)
    {
        V max = S.Fill(float.NegativeInfinity), max1 = max, max2 = max, max3 = max;
        var i = 0;
        for (; i <= n - 4 * S.Count; i += 4 * S.Count) // four chains, as in Dot
        {
            max = S.Max(max, S.Load(x + i));
            max1 = S.Max(max1, S.Load(x + i + S.Count));
            max2 = S.Max(max2, S.Load(x + i + 2 * S.Count));
            max3 = S.Max(max3, S.Load(x + i + 3 * S.Count));
        }
        max = S.Max(S.Max(max, max1), S.Max(max2, max3));
        for (; i <= n - S.Count; i += S.Count)
            max = S.Max(max, S.Load(x + i));
        if (i < n)
            max = S.Max(max, LoadPart(x + i, n - i, float.NegativeInfinity));
        return S.Largest(max);
    }

    [MethodImpl(Hot)]
    public override float AddThenMax(float* y, float* x, int n)
    {
        var max = S.Fill(float.NegativeInfinity);
        var i = 0;
        for (; i <= n - S.Count; i += S.Count)
        {
            var sum = S.Add(S.Load(y + i), S.Load(x + i));
            max = S.Max(max, sum);
            S.Store(sum, y + i);
        }
        var largest = S.Largest(max);
        for (; i < n; i++)
            largest = MathF.Max(largest, y[i] += x[i]);
        return largest;
    }

    // The end of a vector in a whole register: its elements are computed by the same instructions as all others.
    private static V LoadPart(float* source, long count, float fill = 0)
    {
        var part = stackalloc float[S.Count];
        for (var i = 0; i < S.Count; i++)
            part[i] = i < count ? source[i] : fill;
        return S.Load(part);
    }

    private static void StorePart(V value, float* target, long count)
    {
        var part = stackalloc float[S.Count];
        S.Store(value, part);
        for (var i = 0; i < count; i++)
            target[i] = part[i];
    }
}
