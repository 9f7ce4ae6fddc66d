namespace LongT5.Kernels;

/// <summary>Products of blocks of a head, on the calling thread: what encoder attention is made of.</summary>
/// <remarks>
/// Keys are packed once into panels (<see cref="PackKeys"/>) and scored against many blocks of queries; values are
/// read where they lie. Each element is summed in an order that depends on the length of the sum alone.
/// </remarks>
internal static unsafe class Tiles
{
    /// <summary>Keys of a panel.</summary>
    public const int PanelKeys = 32;

    /// <summary>Floats that the panels of <paramref name="keys"/> keys take.</summary>
    public static long PanelsLength(int keys, int width) => (long)(keys + PanelKeys - 1) / PanelKeys * PanelKeys * width;

    /// <summary>k [keys, width] to panels [keys / 32, width, 32]; the last panel is filled up with zeros.</summary>
    public static void PackKeys(float* k, int kStride, int keys, int width, float* panels)
    {
        for (var first = 0; first < keys; first += PanelKeys)
            for (var c = 0; c < width; c++)
                for (var i = 0; i < PanelKeys; i++)
                    *panels++ = first + i < keys ? k[(long)(first + i) * kStride + c] : 0;
    }

    /// <summary>s[r, i] = q[r, :] · k[i, :] for r below rows and i below keys.</summary>
    /// <param name="q">[rows, width], rows at qStride.</param>
    /// <param name="qStride">Floats from one query to the next.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="panels">What <see cref="PackKeys"/> made.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="width">Width of the head.</param>
    /// <param name="s">[rows, keys], rows at sStride. Up to the next multiple of 32 keys is written: leave room.</param>
    /// <param name="sStride">Floats from one row of scores to the next; at least keys, rounded up to 32.</param>
    public static void Scores(float* q, int qStride, int rows, float* panels, int keys, int width, float* s, int sStride)
    {
        for (var r = 0; r < rows; r++)
            for (var i = 0; i < keys; i++)
            {
                var panel = panels + (long)(i / PanelKeys) * PanelKeys * width + i % PanelKeys;
                var sum = 0f;
                for (var c = 0; c < width; c++)
                    sum = MathF.FusedMultiplyAdd(q[(long)r * qStride + c], panel[c * PanelKeys], sum);
                s[(long)r * sStride + i] = sum;
            }
    }

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
    {
        for (var r = 0; r < rows; r++)
            for (var i = 0; i < keys; i++)
                Vectors.AddScaled(y + (long)r * yStride, p[(long)r * pStride + i], v + (long)i * vStride, width);
    }
}
