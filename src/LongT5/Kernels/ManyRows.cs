using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>y = x wᵀ for hundreds of rows and more: the encoder, and the keys and values of cross attention.</summary>
/// <remarks>
/// Each element of y is summed in an order that depends on the number of columns alone: not on the number of rows,
/// the row's place among them, or the number of workers. <see cref="FewRows"/> keeps the same promise with another order,
/// so the place in the model chooses the kernel, never the number of rows.
/// </remarks>
internal static unsafe class ManyRows
{
    private const int Depth = 256; // of a panel's slice: 32 KB, which stay in the first cache; of pairs, what 32 bits can sum
    private const int BlockRows = 32 * Simd.TileRows; // of x: with Depth, what stays in the second cache
    private const int ItemsPerWorker = 16; // so that all end at about the same time
    private const int PackedFloats = 1 << 21; // of w at once

    /// <param name="x">[rows, w.Columns].</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">[out, in].</param>
    /// <param name="y">[rows, w.Rows]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public static void Multiply(float* x, int rows, Matrix w, float* y, Workers workers, bool add = false)
    {
        var (depth, width) = (Panels.DepthOf(w), w.Rows);
        var panelsAtOnce = Math.Clamp(PackedFloats / (Panels.Width * Math.Max(depth, 1)), 1, (width + Panels.Width - 1) / Panels.Width);
        using var packed = Scratch.Rent((long)panelsAtOnce * Panels.Width * (depth + 1));
        var buffer = packed.Pointer;
        var scales = buffer + (long)panelsAtOnce * Panels.Width * depth;
        for (var first = 0; first < width; first += panelsAtOnce * Panels.Width)
        {
            var start = first;
            var columns = Math.Min(panelsAtOnce * Panels.Width, width - start);
            var panels = (columns + Panels.Width - 1) / Panels.Width;
            workers.For(panels, panel
                => Panels.Pack(w, start + panel * Panels.Width, buffer + (long)panel * Panels.Width * depth));
            if (w.Scales is not null)
                new Span<float>(w.Scales + start, columns).CopyTo(new(scales, columns));

            // A grid of items over rows and panels; few rows are shared out by panels.
            var b = Panels.Packed(buffer, depth, columns) with { Type = w.Type == ElementType.I8 ? w.Type : ElementType.F32, Scales = (nint)scales };
            var rowItems = (rows + BlockRows - 1) / BlockRows;
            var panelItems = Math.Clamp((ItemsPerWorker * workers.Count + rowItems - 1) / Math.Max(rowItems, 1), 1, panels);
            workers.For(rowItems * panelItems, item =>
            {
                var (row, part) = (item / panelItems * BlockRows, item % panelItems);
                var (from, to) = (panels * part / panelItems, panels * (part + 1) / panelItems);
                Block(
                    x + (long)row * w.Columns, w.Columns, Math.Min(BlockRows, rows - row), b,
                    from, to, y + (long)row * width + start, width, add);
            });
        }
    }

    // y[:, panels from ... to] = x b; b.Depth is all of the sum, taken slice by slice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(float* x, int xWidth, int rows, Panels b, int from, int to, float* y, int yStride, bool add)
    {
        var whole = b.Type == ElementType.I8;
        using var rounded = whole ? Scratch.Rent((long)BlockRows * (b.Depth + 1)) : default;
        var aScales = rounded.Pointer;
        var a = whole ? aScales + BlockRows : x;
        for (var r = 0; whole && r < rows; r++)
            aScales[r] = Simd.Best.ToInt16(x + (long)r * xWidth, xWidth, (short*)(a + (long)r * b.Depth));

        for (var panel = from; panel < to; panel++)
        {
            var mine = b.From(panel, Math.Min(Panels.Width, b.Columns - panel * Panels.Width));
            for (var k = 0; k < b.Depth; k += Depth)
                Simd.Best.Product(
                    a + k, b.Depth, rows, mine.Slice(k, Math.Min(Depth, b.Depth - k)),
                    y + panel * Panels.Width, yStride, add || k > 0, aScales);
        }
    }
}
