using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

internal abstract unsafe partial class Simd
{
    /// <summary>y[r, o] = x[r, :] · w[o, :], or += that, for o from first up to end, on the calling thread.</summary>
    public abstract void Dots(
        float* x, nint xStride, int rows, in Matrix w, int first, int end, float* y, nint yStride, bool add);
}

internal sealed unsafe partial class Simd<V, S>
{
    private const int DotRows = 4; // rows of w that are read side by side
    private const int LeastAhead = 8192; // bytes of memory that are fetched before they are needed

    public override void Dots(
        float* x, nint xStride, int rows, in Matrix w, int first, int end, float* y, nint yStride, bool add)
    {
        switch (w.Type)
        {
            case ElementType.F32: Dots<F32>(x, xStride, rows, w, first, end, y, yStride, add); break;
            case ElementType.BF16: Dots<BF16>(x, xStride, rows, w, first, end, y, yStride, add); break;
            case ElementType.F16: Dots<F16>(x, xStride, rows, w, first, end, y, yStride, add); break;
            case ElementType.I8: Dots<I8>(x, xStride, rows, w, first, end, y, yStride, add); break;
            case ElementType.I16: Dots<I16>(x, xStride, rows, w, first, end, y, yStride, add); break;
            default: throw new ArgumentException($"A matrix of {w.Type} is not multiplied.");
        }
    }

    [MethodImpl(Hot)]
    private static void Dots<E>(
        float* x, nint xStride, int rows, in Matrix w, int first, int end, float* y, nint yStride, bool add)
        where E : IElements
    {
        var widen = rows > E.DirectRows;
        using var wide = widen ? Scratch.Rent((long)DotRows * w.Columns) : default;
        var ahead = Math.Max(LeastAhead, DotRows * w.Stride * E.Size);
        for (var o = first; o < end; o += DotRows)
        {
            var count = Math.Min(DotRows, end - o);
            var scales = w.Scales is null ? null : w.Scales + o;
            if (!widen)
            {
                Dots<E>(
                    x, xStride, rows, w.Row(o), (nint)w.Stride * E.Size, count, w.Columns, w.Row(o) + ahead, E.Size,
                    scales, y + o, yStride, add);
                continue;
            }
            for (var i = 0; i < count; i++)
                Widen<E>(w.Row(o + i), wide.Pointer + (long)i * w.Columns, w.Columns);
            Dots<F32>(
                x, xStride, rows, (byte*)wide.Pointer, (nint)w.Columns * sizeof(float), count, w.Columns,
                w.Row(o) + ahead, E.Size, scales, y + o, yStride, add);
        }
    }

    // The rows of x in twos. Meanwhile the rows of w that come next are fetched, evenly, so that memory never waits for
    // arithmetic; next is where they lie, nextSize the bytes of an element there.
    [MethodImpl(Hot)]
    private static void Dots<E>(
        float* x, nint xStride, int rows, byte* w, nint wStride, int count, int n, byte* next, int nextSize,
        float* scales, float* y, nint yStride, bool add)
        where E : IElements
    {
        var sums = stackalloc float[2 * DotRows];
        var passes = (rows + 1) / 2;
        var nextStep = (nint)DotRows * S.Count * nextSize / passes;
        for (var row = 0; row < rows; row += 2)
        {
            var two = row + 1 < rows;
            var fetch = next + row / 2 * nextStep * (n / S.Count);
            if (two)
                Dots4x2<E>(x + row * xStride, x + (row + 1) * xStride, w, wStride, count, n, fetch, nextStep, sums);
            else
                Dots4x1<E>(x + row * xStride, w, wStride, count, n, fetch, nextStep, sums);
            for (var r = 0; r < (two ? 2 : 1); r++)
                for (var i = 0; i < count; i++)
                {
                    ref var target = ref y[(row + r) * yStride + i];
                    var sum = scales is null ? sums[r * DotRows + i] : sums[r * DotRows + i] * scales[i];
                    target = add ? target + sum : sum;
                }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(byte* lines)
    {
        S.Prefetch(lines);
        S.Prefetch(lines + 64);
        S.Prefetch(lines + 128);
        S.Prefetch(lines + 192);
    }

    // One register of partial sums for each element, whatever the shape: that is the order of summation.
    [MethodImpl(Hot)]
    private static void Dots4x1<E>(float* x, byte* w, nint wStride, int count, int n, byte* next, nint nextStep, float* sums)
        where E : IElements
    {
        byte* w1 = count > 1 ? w + wStride : w, w2 = count > 2 ? w + 2 * wStride : w, w3 = count > 3 ? w + 3 * wStride : w;
        V s0 = default, s1 = default, s2 = default, s3 = default;
        nint k = 0;
        for (; k <= n - S.Count; k += S.Count, next += nextStep)
        {
            Fetch(next);
            var v = S.Load(x + k);
            s0 = S.MultiplyAdd(v, E.Load<V, S>(w + k * E.Size), s0);
            s1 = S.MultiplyAdd(v, E.Load<V, S>(w1 + k * E.Size), s1);
            s2 = S.MultiplyAdd(v, E.Load<V, S>(w2 + k * E.Size), s2);
            s3 = S.MultiplyAdd(v, E.Load<V, S>(w3 + k * E.Size), s3);
        }
        S.Sums(s0, s1, s2, s3, sums);
        if (k < n)
            AddRests<E>(x, w, w1, w2, w3, k, n, sums);
    }

    [MethodImpl(Hot)]
    private static void Dots4x2<E>(float* x, float* x1, byte* w, nint wStride, int count, int n, byte* next, nint nextStep, float* sums)
        where E : IElements
    {
        byte* w1 = count > 1 ? w + wStride : w, w2 = count > 2 ? w + 2 * wStride : w, w3 = count > 3 ? w + 3 * wStride : w;
        V s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        nint k = 0;
        for (; k <= n - S.Count; k += S.Count, next += nextStep)
        {
            Fetch(next);
            V v = S.Load(x + k), u = S.Load(x1 + k);
            var m = E.Load<V, S>(w + k * E.Size);
            s0 = S.MultiplyAdd(v, m, s0);
            t0 = S.MultiplyAdd(u, m, t0);
            m = E.Load<V, S>(w1 + k * E.Size);
            s1 = S.MultiplyAdd(v, m, s1);
            t1 = S.MultiplyAdd(u, m, t1);
            m = E.Load<V, S>(w2 + k * E.Size);
            s2 = S.MultiplyAdd(v, m, s2);
            t2 = S.MultiplyAdd(u, m, t2);
            m = E.Load<V, S>(w3 + k * E.Size);
            s3 = S.MultiplyAdd(v, m, s3);
            t3 = S.MultiplyAdd(u, m, t3);
        }
        S.Sums(s0, s1, s2, s3, sums);
        S.Sums(t0, t1, t2, t3, sums + DotRows);
        if (k < n)
        {
            AddRests<E>(x, w, w1, w2, w3, k, n, sums);
            AddRests<E>(x1, w, w1, w2, w3, k, n, sums + DotRows);
        }
    }

    private static void AddRests<E>(float* x, byte* w, byte* w1, byte* w2, byte* w3, nint k, int n, float* sums)
        where E : IElements
    {
        sums[0] += Rest<E>(x, w, k, n);
        sums[1] += Rest<E>(x, w1, k, n);
        sums[2] += Rest<E>(x, w2, k, n);
        sums[3] += Rest<E>(x, w3, k, n);
    }

    private static float Rest<E>(float* x, byte* w, nint k, int n)
        where E : IElements
    {
        var sum = 0f;
        for (; k < n; k++)
            sum += x[k] * E.Load(w + k * E.Size);
        return sum;
    }
}
