
namespace LongT5.Kernels;

/// <summary>Products of blocks of a head, on the calling thread: what attention is made of.</summary>
/// <remarks>
/// Keys are packed once into panels (<see cref="PackKeys"/>) and scored against many blocks of queries; values are
/// read where they lie. Each element is summed in an order that depends on the length of the sum alone.
/// </remarks>
internal static unsafe class Tiles
{
    /// <summary>Keys of a panel.</summary>
    public const int PanelKeys = Panels.Width;

    /// <summary>Elements that the panels of <paramref name="keys"/> keys take.</summary>
    public static long PanelsLength(int keys, int width) => Panels.Length(keys, width);

    /// <summary>k [keys, width] to panels [keys / 32, width, 32]; the last panel is filled up with zeros.</summary>
    public static void PackKeys(float* k, int kStride, int keys, int width, float* panels)
    {
        var matrix = new Matrix(k, ElementType.F32, keys, width, kStride);
        for (var first = 0; first < keys; first += PanelKeys)
            Panels.Pack(matrix, first, panels + (long)first * width);
    }

    /// <summary>s[r, i] = q[r, :] · k[i, :] for r below rows and i below keys.</summary>
    /// <param name="q">[rows, width], rows at qStride.</param>
    /// <param name="qStride">Floats from one query to the next.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="panels">What <see cref="PackKeys"/> made.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="width">Width of the head.</param>
    /// <param name="s">[rows, keys], rows at sStride.</param>
    /// <param name="sStride">Floats from one row of scores to the next.</param>
    public static void Scores(float* q, int qStride, int rows, float* panels, int keys, int width, float* s, int sStride)
        => Simd.Best.Product(q, qStride, rows, Panels.Packed(panels, width, keys), s, sStride, add: false);

    /// <summary>The same with keys in bfloat16, packed and then rounded.</summary>
    public static void Scores(float* q, int qStride, int rows, ushort* panels, int keys, int width, float* s, int sStride)
        => Simd.Best.Product(q, qStride, rows,
            new((nint)panels, ElementType.BF16, (nint)PanelKeys * width, PanelKeys, width, keys), s, sStride, add: false);

    /// <summary>y[r, :] += Σᵢ p[r, i] v[i, :] for i below keys.</summary>
    /// <param name="p">[rows, keys], rows at pStride.</param>
    /// <param name="pStride">Floats from one row of p to the next.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="v">[keys, width], rows at vStride.</param>
    /// <param name="vStride">Floats from one value to the next.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="width">Width of the head.</param>
    /// <param name="y">[rows, width], rows at yStride.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    public static void Mix(float* p, int pStride, int rows, float* v, int vStride, int keys, int width, float* y, int yStride)
        => Mix(p, pStride, rows, new((nint)v, ElementType.F32, PanelKeys, vStride, keys, width), y, yStride);

    /// <summary>The same with values in bfloat16.</summary>
    public static void Mix(float* p, int pStride, int rows, ushort* v, int vStride, int keys, int width, float* y, int yStride)
        => Mix(p, pStride, rows, new((nint)v, ElementType.BF16, PanelKeys, vStride, keys, width), y, yStride);

    private static void Mix(float* p, int pStride, int rows, Panels v, float* y, int yStride)
    {
        var whole = v.Columns / PanelKeys * PanelKeys;
        Simd.Best.Product(p, pStride, rows, v with { Columns = whole }, y, yStride, add: true);
        if (whole == v.Columns)
            return;

        // A head that is no multiple of 32 wide: its last columns are copied, so that no register reads past the last row.
        using var copy = Scratch.Rent((long)PanelKeys * v.Depth);
        var size = v.Type.Size();
        for (var i = 0; i < v.Depth; i++)
            Halves.ToFloats(
                v.Type, (byte*)v.Data + (i * v.RowStride + whole) * size, copy.Pointer + (long)i * PanelKeys, v.Columns - whole);
        var last = Panels.Packed(copy.Pointer, v.Depth, v.Columns - whole);
        Simd.Best.Product(p, pStride, rows, last, y + whole, yStride, add: true);
    }
}
