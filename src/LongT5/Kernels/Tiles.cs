
namespace LongT5.Kernels;

/// <summary>Products of blocks of a head, on the calling thread: what attention is made of.</summary>
/// <remarks>
/// Keys and values are packed once into panels (<see cref="PackKeys"/>, <see cref="PackValues"/>) that many blocks of
/// queries read from end to end. Each element is summed in an order that depends on the length of the sum alone.
/// </remarks>
internal static unsafe class Tiles
{
    /// <summary>Keys of a panel.</summary>
    public static int PanelKeys => Panels.Width;

    /// <summary>Elements that the panels of <paramref name="keys"/> keys take.</summary>
    public static long PanelsLength(int keys, int width) => Panels.Length(keys, width);

    /// <summary>
    /// k [keys, width] to panels [keys / PanelKeys, width, PanelKeys]; the last panel is filled up with zeros.
    /// </summary>
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
    public static void Scores(float* q, int qStride, int rows, float* panels, int keys, int width, float* s,
        int sStride)
        => Simd.Best.Product(q, qStride, rows, Panels.Packed(panels, width, keys), s, sStride, add: false);

    /// <summary>The same with keys in bfloat16, packed and then rounded.</summary>
    public static void Scores(float* q, int qStride, int rows, ushort* panels, int keys, int width, float* s,
        int sStride)
        => Simd.Best.Product(q, qStride, rows,
            new((nint)panels, ElementType.BF16, (nint)PanelKeys * width, width, keys), s, sStride, add: false);

    /// <summary>Elements that the panels of the values of <paramref name="keys"/> keys take.</summary>
    public static long ValuesLength(int keys, int width) => Panels.Length(width, keys);

    /// <summary>
    /// v [keys, width] to panels [width / W, panelKeys, W] of W = PanelKeys columns; the last is filled up with zeros.
    /// </summary>
    /// <param name="v">The first value, rows at vStride.</param>
    /// <param name="vStride">Floats from one value to the next.</param>
    /// <param name="keys">How many are packed.</param>
    /// <param name="width">Width of the head.</param>
    /// <param name="panels">Where the first of them goes in the first panel.</param>
    /// <param name="panelKeys">Keys that each panel has in all.</param>
    public static void PackValues(float* v, int vStride, int keys, int width, float* panels, int panelKeys)
    {
        for (var column = 0; column < width; column += Panels.Width, panels += (long)panelKeys * Panels.Width)
        {
            var columns = Math.Min(Panels.Width, width - column);
            for (var i = 0; i < keys; i++)
            {
                var target = new Span<float>(panels + (long)i * Panels.Width, Panels.Width);
                new Span<float>(v + (long)i * vStride + column, columns).CopyTo(target);
                target[columns..].Clear();
            }
        }
    }

    /// <summary>y[r, :] += Σᵢ p[r, i] v[i, :] for i below keys.</summary>
    /// <param name="p">[rows, keys], rows at pStride.</param>
    /// <param name="pStride">Floats from one row of p to the next.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="panels">What <see cref="PackValues"/> made, from the first key on.</param>
    /// <param name="panelKeys">Keys that each panel has in all.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="width">Width of the head.</param>
    /// <param name="y">[rows, width], rows at yStride.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    public static void Mix(
        float* p, int pStride, int rows, float* panels, int panelKeys, int keys, int width, float* y, int yStride)
        => Simd.Best.Product(
            p, pStride, rows, Values((nint)panels, ElementType.F32, panelKeys, keys, width), y, yStride, add: true);

    /// <summary>The same with values in bfloat16, packed and then rounded.</summary>
    public static void Mix(
        float* p, int pStride, int rows, ushort* panels, int panelKeys, int keys, int width, float* y, int yStride)
        => Simd.Best.Product(
            p, pStride, rows, Values((nint)panels, ElementType.BF16, panelKeys, keys, width), y, yStride, add: true);

    private static Panels Values(nint data, ElementType type, int panelKeys, int keys, int width)
        => new(data, type, (nint)Panels.Width * panelKeys, keys, width);
}
