using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

internal abstract unsafe partial class Simd
{
    /// <summary>y[i] = x · row i, of rows that lie anywhere.</summary>
    /// <param name="x">[n].</param>
    /// <param name="rows">Where each row lies, all off by the same.</param>
    /// <param name="offset">Floats by which they are off.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="n">Length of a row.</param>
    /// <param name="y">[count].</param>
    public abstract void DotEach(float* x, nint* rows, nint offset, int count, int n, float* y);

    /// <summary>y += Σᵢ p[i] row i, in the order of the rows, which lie anywhere.</summary>
    /// <param name="p">[count].</param>
    /// <param name="rows">Where each row lies, all off by the same.</param>
    /// <param name="offset">Floats by which they are off.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="n">Length of a row.</param>
    /// <param name="y">[n].</param>
    public abstract void MixEach(float* p, nint* rows, nint offset, int count, int n, float* y);
}

internal sealed unsafe partial class Simd<V, S>
{
    [MethodImpl(Hot)]
    public override void DotEach(float* x, nint* rows, nint offset, int count, int n, float* y)
    {
        var sums = stackalloc float[4];
        for (var i = 0; i < count; i += 4)
        {
            var a = (float*)rows[i] + offset;
            var b = (float*)rows[Math.Min(i + 1, count - 1)] + offset;
            var c = (float*)rows[Math.Min(i + 2, count - 1)] + offset;
            var d = (float*)rows[Math.Min(i + 3, count - 1)] + offset;
            V s0 = default, s1 = default, s2 = default, s3 = default;
            var k = 0;
            for (; k <= n - S.Count; k += S.Count)
            {
                var v = S.Load(x + k);
                s0 = S.MultiplyAdd(v, S.Load(a + k), s0);
                s1 = S.MultiplyAdd(v, S.Load(b + k), s1);
                s2 = S.MultiplyAdd(v, S.Load(c + k), s2);
                s3 = S.MultiplyAdd(v, S.Load(d + k), s3);
            }
            S.Sums(s0, s1, s2, s3, sums);
            for (; k < n; k++)
            {
                sums[0] += x[k] * a[k];
                sums[1] += x[k] * b[k];
                sums[2] += x[k] * c[k];
                sums[3] += x[k] * d[k];
            }
            for (var r = 0; r < Math.Min(4, count - i); r++)
                y[i + r] = sums[r];
        }
    }

    [MethodImpl(Hot)]
    public override void MixEach(float* p, nint* rows, nint offset, int count, int n, float* y)
    {
        var k = 0;
        for (; k <= n - 4 * S.Count; k += 4 * S.Count)
        {
            V s0 = S.Load(y + k), s1 = S.Load(y + k + S.Count);
            V s2 = S.Load(y + k + 2 * S.Count), s3 = S.Load(y + k + 3 * S.Count);
            for (var i = 0; i < count; i++)
            {
                var row = (float*)rows[i] + offset + k;
                var weight = S.Fill(p[i]);
                s0 = S.MultiplyAdd(weight, S.Load(row), s0);
                s1 = S.MultiplyAdd(weight, S.Load(row + S.Count), s1);
                s2 = S.MultiplyAdd(weight, S.Load(row + 2 * S.Count), s2);
                s3 = S.MultiplyAdd(weight, S.Load(row + 3 * S.Count), s3);
            }
            S.Store(s0, y + k);
            S.Store(s1, y + k + S.Count);
            S.Store(s2, y + k + 2 * S.Count);
            S.Store(s3, y + k + 3 * S.Count);
        }
        for (; k <= n - S.Count; k += S.Count)
        {
            var sum = S.Load(y + k);
            for (var i = 0; i < count; i++)
                sum = S.MultiplyAdd(S.Fill(p[i]), S.Load((float*)rows[i] + offset + k), sum);
            S.Store(sum, y + k);
        }
        for (; k < n; k++)
        {
            for (var i = 0; i < count; i++)
                y[k] += p[i] * ((float*)rows[i])[offset + k];
        }
    }
}
