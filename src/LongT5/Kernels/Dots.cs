using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    // A tile is 4 rows of w and as many of x as leave room for its sums in registers.
    private static int DotTileRows => S.Count == 16 ? 6 : 3;

    [MethodImpl(Hot)]
    private static void Dots<E>(
        float* x, nint xStride, int rows, in Matrix w, int first, int end, float* y, nint yStride, bool add)
        where E : IElements
    {
        var widen = (rows + DotTileRows - 1) / DotTileRows > E.DirectTiles;
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

    // Tile by tile. Meanwhile the rows of w that come next are fetched, evenly, so that memory never waits for
    // arithmetic; next is where they lie, nextSize the bytes of an element there.
    [MethodImpl(Hot)]
    private static void Dots<E>(
        float* x, nint xStride, int rows, byte* w, nint wStride, int count, int n, byte* next, int nextSize,
        float* scales, float* y, nint yStride, bool add)
        where E : IElements
    {
        var sums = stackalloc float[TileRows * DotRows];
        var tiles = (rows + DotTileRows - 1) / DotTileRows;
        var nextStep = (nint)DotRows * S.Count * nextSize / tiles;
        for (int row = 0, tileRows; row < rows; row += tileRows, tiles--)
        {
            // of about the same size: four are two and two, not three and one
            tileRows = (rows - row + tiles - 1) / tiles;
            DotTile<E>(x + row * xStride, xStride, tileRows, w, wStride, count, n, next, nextStep, sums);
            next += nextStep * (n / S.Count);
            for (var r = 0; r < tileRows; r++)
                Put(sums + r * DotRows, scales, count, y + (row + r) * yStride, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* sums, float* scales, int count, float* y, bool add)
    {
        if (count == DotRows)
        {
            var sum = Vector128.Load(sums);
            sum = scales is null ? sum : sum * Vector128.Load(scales);
            (add ? Vector128.Load(y) + sum : sum).Store(y);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var sum = scales is null ? sums[i] : sums[i] * scales[i];
            y[i] = add ? y[i] + sum : sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DotTile<E>(
        float* x, nint xStride, int rows, byte* w, nint wStride, int count, int n, byte* next, nint nextStep,
        float* sums)
        where E : IElements
    {
        if (rows > 4)
            DotTile<E, UpTo6>(x, xStride, rows, w, wStride, count, n, next, nextStep, sums);
        else if (rows > 3)
            DotTile<E, UpTo4>(x, xStride, rows, w, wStride, count, n, next, nextStep, sums);
        else if (rows > 2)
            DotTile<E, UpTo3>(x, xStride, rows, w, wStride, count, n, next, nextStep, sums);
        else if (rows > 1)
            DotTile<E, UpTo2>(x, xStride, rows, w, wStride, count, n, next, nextStep, sums);
        else
            DotTile<E, UpTo1>(x, xStride, rows, w, wStride, count, n, next, nextStep, sums);
    }

    // sums [rows, 4]. One register of partial sums for each element, whatever the shape: that is the order of
    // summation. Of six rows the last may be missing: it repeats the first.
    [MethodImpl(Hot)]
    private static void DotTile<E, R>(
        float* x, nint xStride, int rows, byte* w, nint wStride, int count, int n, byte* next, nint nextStep,
        float* sums)
        where E : IElements
        where R : ITileRows
    {
        byte* w1 = count > 1 ? w + wStride : w, w2 = count > 2 ? w + 2 * wStride : w, w3 = count > 3
            ? w + 3 * wStride : w;
        float* x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride, x4 = x3 + xStride, x5 = rows > 5
            ? x4 + xStride : x;
        V a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default,
        b3 = default;
        V c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default,
        d3 = default;
        V e0 = default, e1 = default, e2 = default, e3 = default, f0 = default, f1 = default, f2 = default,
        f3 = default;
        nint k = 0;
        for (; k <= n - S.Count; k += S.Count, next += nextStep)
        {
            Fetch<E>(next);
            V a = S.Load(x + k), b = R.Most > 1 ? S.Load(x1 + k) : default, c = R.Most > 2 ? S.Load(x2 + k) : default;
            V d = R.Most > 3 ? S.Load(x3 + k) : default, e = R.Most > 4 ? S.Load(x4 + k) : default, f = R.Most > 5
                ? S.Load(x5 + k) : default;
            Add<R>(E.Load<V, S>(w + k * E.Size), a, b, c, d, e, f, ref a0, ref b0, ref c0, ref d0, ref e0, ref f0);
            Add<R>(E.Load<V, S>(w1 + k * E.Size), a, b, c, d, e, f, ref a1, ref b1, ref c1, ref d1, ref e1, ref f1);
            Add<R>(E.Load<V, S>(w2 + k * E.Size), a, b, c, d, e, f, ref a2, ref b2, ref c2, ref d2, ref e2, ref f2);
            Add<R>(E.Load<V, S>(w3 + k * E.Size), a, b, c, d, e, f, ref a3, ref b3, ref c3, ref d3, ref e3, ref f3);
        }
        S.Sums(a0, a1, a2, a3, sums);
        if (R.Most > 1) S.Sums(b0, b1, b2, b3, sums + DotRows);
        if (R.Most > 2) S.Sums(c0, c1, c2, c3, sums + 2 * DotRows);
        if (R.Most > 3) S.Sums(d0, d1, d2, d3, sums + 3 * DotRows);
        if (R.Most > 4) S.Sums(e0, e1, e2, e3, sums + 4 * DotRows);
        if (R.Most > 5) S.Sums(f0, f1, f2, f3, sums + 5 * DotRows);
        for (var r = 0; k < n && r < rows; r++, x += xStride, sums += DotRows)
        {
            sums[0] += Rest<E>(x, w, k, n);
            sums[1] += Rest<E>(x, w1, k, n);
            sums[2] += Rest<E>(x, w2, k, n);
            sums[3] += Rest<E>(x, w3, k, n);
        }
    }

    // One row of w against those of x.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<R>(
        V w, V a, V b, V c, V d, V e, V f, ref V sumA, ref V sumB, ref V sumC, ref V sumD, ref V sumE, ref V sumF)
        where R : ITileRows
    {
        sumA = S.MultiplyAdd(a, w, sumA);
        if (R.Most > 1) sumB = S.MultiplyAdd(b, w, sumB);
        if (R.Most > 2) sumC = S.MultiplyAdd(c, w, sumC);
        if (R.Most > 3) sumD = S.MultiplyAdd(d, w, sumD);
        if (R.Most > 4) sumE = S.MultiplyAdd(e, w, sumE);
        if (R.Most > 5) sumF = S.MultiplyAdd(f, w, sumF);
    }

    // What four rows of w take of memory in one step, if they are fetched in one pass.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<E>(byte* lines)
        where E : IElements
    {
        S.Prefetch(lines);
        if (DotRows * S.Count * E.Size > 64)
            S.Prefetch(lines + 64);
        if (DotRows * S.Count * E.Size > 128)
        {
            S.Prefetch(lines + 128);
            S.Prefetch(lines + 192);
        }
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
