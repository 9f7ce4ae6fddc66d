using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

internal abstract unsafe partial class Simd
{
    /// <summary>Rows that are computed together.</summary>
    public const int TileRows = 6;

    /// <summary>c = a b, or c += a b, on the calling thread.</summary>
    /// <param name="a">[rows, b.Depth].</param>
    /// <param name="aStride">Floats from one row of a to the next.</param>
    /// <param name="rows">Rows of a and c; any number.</param>
    /// <param name="b">The right operand. To be fast, a panel should fit into the
    /// first cache: a depth of 256 or less.</param>
    /// <param name="c">[rows, b.Columns].</param>
    /// <param name="cStride">Floats from one row of c to the next.</param>
    /// <param name="add">Whether to add to c.</param>
    /// <param name="aScales">[rows]: what whole numbers of a count; b has scales of its own. Else null.</param>
    public abstract void Product(
        float* a, nint aStride, int rows, in Panels b, float* c, nint cStride, bool add, float* aScales = null);
}

internal sealed unsafe partial class Simd<V, S>
{
    private const int MostFetching = 4; // tiles that fetch the next panel

    private static int TileColumns => 2 * S.Count;

    public override void Product(
        float* a, nint aStride, int rows, in Panels b, float* c, nint cStride, bool add, float* aScales)
    {
        switch (b.Type)
        {
            case ElementType.F32: Product<F32>(a, aStride, rows, b, c, cStride, add, aScales); break;
            case ElementType.BF16: Product<BF16>(a, aStride, rows, b, c, cStride, add, aScales); break;
            case ElementType.I16: Product<I16Pair>(a, aStride, rows, b, c, cStride, add, aScales); break;
            default: throw new ArgumentException($"Panels of {b.Type} are not multiplied.");
        }
    }

    [MethodImpl(Hot)]
    private static void Product<E>(
        float* a, nint aStride, int rows, in Panels b, float* c, nint cStride, bool add, float* aScales)
        where E : IElements
    {
        var edge = stackalloc float[TileRows * TileColumns];
        var step = Panels.Width * E.Size;
        var fetching = Math.Clamp((rows + TileRows - 1) / TileRows, 1, MostFetching);
        for (var column = 0; column < b.Columns; column += TileColumns)
        {
            var panel = (byte*)b.Data + (column / Panels.Width * b.PanelStride + column % Panels.Width) * E.Size;
            var columns = Math.Min(TileColumns, b.Columns - column);
            for (var row = 0; row < rows; row += TileRows)
            {
                var tileRows = Math.Min(TileRows, rows - row);
                var target = c + row * cStride + column;
                var tile = row / TileRows; // the first tiles fetch the next panel, each its part
                var next = new Ahead(tile < fetching
                    ? panel + b.PanelStride * E.Size + step / fetching * tile * b.Depth : panel, step / fetching);
                var scales = new TileScales(aScales + row, (float*)b.Scales + column);
                var left = a + row * aStride;
                var whole = columns == TileColumns;
                for (var r = 0; whole && r < tileRows; r++)
                    Fetch(target + r * cStride);
                Tile<E>(left, aStride, tileRows, panel, step, b.Depth, next, scales, whole ? target : edge,
                    whole ? cStride : TileColumns, whole && add);
                for (var r = 0; !whole && r < tileRows; r++)
                    for (var i = 0; i < columns; i++)
                        target[r * cStride + i] = edge[r * TileColumns + i] + (add ? target[r * cStride + i] : 0);
            }
        }
    }

    // A row of c comes from far: it is asked for before the sums, so that it is there when they are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* c)
    {
        S.Prefetch((byte*)c);
        if (TileColumns * sizeof(float) > 64)
            S.Prefetch((byte*)(c + S.Count));
    }

    // What a tile fetches: the first line, and the bytes to the line of the next step.
    private readonly struct Ahead(byte* first, nint step)
    {
        public readonly byte* First = first;
        public readonly nint Step = step;
    }

    private readonly struct TileScales(float* rows, float* columns)
    {
        public readonly float* Rows = rows;
        public readonly float* Columns = columns;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<E>(
        float* a, nint aStride, int rows, byte* b, nint step, nint depth, in Ahead next, in TileScales scales,
        float* c, nint cStride, bool add)
        where E : IElements
    {
        if (rows > 4)
            Tile<E, UpTo6>(a, aStride, rows, b, step, depth, next, scales, c, cStride, add);
        else if (rows > 2)
            Tile<E, UpTo4>(a, aStride, rows, b, step, depth, next, scales, c, cStride, add);
        else
            Tile<E, UpTo2>(a, aStride, rows, b, step, depth, next, scales, c, cStride, add);
    }

    // Twelve sums stay in registers: two loads of b and six broadcasts of a feed twelve multiply-adds. Fewer rows have
    // tiles of their own, which read as fast as memory gives. Rows that are missing repeat the first one and are not
    // stored.
    [MethodImpl(Hot)]
    private static void Tile<E, R>(
        float* a, nint aStride, int rows, byte* b, nint step, nint depth, Ahead next, TileScales scales,
        float* c, nint cStride, bool add)
        where E : IElements
        where R : ITileRows
    {
        float* a1 = rows > 1 ? a + aStride : a, a2 = rows > 2 ? a + 2 * aStride : a, a3 = rows > 3
            ? a + 3 * aStride : a;
        float* a4 = rows > 4 ? a + 4 * aStride : a, a5 = rows > 5 ? a + 5 * aStride : a;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        V c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        var ahead = next.First;
        nint k = 0;
        if (depth > 0)
        {
            do
            {
                S.Prefetch(ahead);
                if (TileColumns * E.Size > 64)
                    S.Prefetch(ahead + 64);
                V b0 = E.Load<V, S>(b), b1 = E.Load<V, S>(b + S.Count * E.Size);
                var s = S.Fill(a[k]);
                c00 = E.MultiplyAdd<V, S>(s, b0, c00);
                c01 = E.MultiplyAdd<V, S>(s, b1, c01);
                s = S.Fill(a1[k]);
                c10 = E.MultiplyAdd<V, S>(s, b0, c10);
                c11 = E.MultiplyAdd<V, S>(s, b1, c11);
                if (R.Most > 2)
                {
                    s = S.Fill(a2[k]);
                    c20 = E.MultiplyAdd<V, S>(s, b0, c20);
                    c21 = E.MultiplyAdd<V, S>(s, b1, c21);
                    s = S.Fill(a3[k]);
                    c30 = E.MultiplyAdd<V, S>(s, b0, c30);
                    c31 = E.MultiplyAdd<V, S>(s, b1, c31);
                }
                if (R.Most > 4)
                {
                    s = S.Fill(a4[k]);
                    c40 = E.MultiplyAdd<V, S>(s, b0, c40);
                    c41 = E.MultiplyAdd<V, S>(s, b1, c41);
                    s = S.Fill(a5[k]);
                    c50 = E.MultiplyAdd<V, S>(s, b0, c50);
                    c51 = E.MultiplyAdd<V, S>(s, b1, c51);
                }
                b += step;
                ahead += next.Step;
            }
            while (++k < depth);
        }
        Put<E>(c, c00, c01, scales, 0, add);
        if (rows > 1) Put<E>(c + cStride, c10, c11, scales, 1, add);
        if (R.Most > 2 && rows > 2) Put<E>(c + 2 * cStride, c20, c21, scales, 2, add);
        if (R.Most > 2 && rows > 3) Put<E>(c + 3 * cStride, c30, c31, scales, 3, add);
        if (R.Most > 4 && rows > 4) Put<E>(c + 4 * cStride, c40, c41, scales, 4, add);
        if (R.Most > 4 && rows > 5) Put<E>(c + 5 * cStride, c50, c51, scales, 5, add);
    }

    /// <summary>How many rows a tile has, known when it is compiled.</summary>
    private interface ITileRows
    {
        static abstract int Most { get; }
    }

    private readonly struct UpTo1 : ITileRows
    {
        public static int Most => 1;
    }

    private readonly struct UpTo2 : ITileRows
    {
        public static int Most => 2;
    }

    private readonly struct UpTo3 : ITileRows
    {
        public static int Most => 3;
    }

    private readonly struct UpTo4 : ITileRows
    {
        public static int Most => 4;
    }

    private readonly struct UpTo6 : ITileRows
    {
        public static int Most => 6;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<E>(float* c, V left, V right, TileScales scales, int row, bool add)
        where E : IElements
    {
        if (E.IsWhole)
        {
            var scale = S.Fill(scales.Rows[row]);
            left = S.Multiply(S.WholeToFloat(left), S.Multiply(scale, S.Load(scales.Columns)));
            right = S.Multiply(S.WholeToFloat(right), S.Multiply(scale, S.Load(scales.Columns + S.Count)));
        }
        if (add)
        {
            left = S.Add(left, S.Load(c));
            right = S.Add(right, S.Load(c + S.Count));
        }
        S.Store(left, c);
        S.Store(right, c + S.Count);
    }
}
