namespace LongT5.Kernels;

/// <summary>y = x wᵀ for hundreds of rows and more: the encoder, and the keys and values of cross attention.</summary>
/// <remarks>
/// Each element of y is summed in an order that depends on the number of columns alone: not on the number of rows,
/// the row's place among them, or the number of workers. <see cref="FewRows"/> keeps the same promise with another order,
/// so the place in the model chooses the kernel, never the number of rows.
/// </remarks>
internal static unsafe class ManyRows
{
    private const int Depth = 256; // of a panel's slice: 32 KB, which stay in the first cache
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
        var (depth, width) = (w.Columns, w.Rows);
        var panelsAtOnce = Math.Max(1, PackedFloats / (Panels.Width * depth));
        using var packed = Scratch.Rent(Panels.Length(Math.Min(width, panelsAtOnce * Panels.Width), depth));
        var buffer = packed.Pointer;
        for (var first = 0; first < width; first += panelsAtOnce * Panels.Width)
        {
            var start = first;
            var columns = Math.Min(panelsAtOnce * Panels.Width, width - start);
            var panels = (columns + Panels.Width - 1) / Panels.Width;
            workers.For(panels, panel
                => Panels.Pack(w, start + panel * Panels.Width, buffer + (long)panel * Panels.Width * depth));

            // A grid of items over rows and panels; few rows are shared out by panels.
            var rowItems = (rows + BlockRows - 1) / BlockRows;
            var panelItems = Math.Clamp((ItemsPerWorker * workers.Count + rowItems - 1) / Math.Max(rowItems, 1), 1, panels);
            var b = Panels.Packed(buffer, depth, columns);
            workers.For(rowItems * panelItems, item =>
            {
                var (row, part) = (item / panelItems * BlockRows, item % panelItems);
                var (from, to) = (panels * part / panelItems, panels * (part + 1) / panelItems);
                for (var panel = from; panel < to; panel++)
                {
                    var mine = b.From(panel, Math.Min(Panels.Width, columns - panel * Panels.Width));
                    var target = y + (long)row * width + start + panel * Panels.Width;
                    for (var k = 0; k < depth; k += Depth)
                        Simd.Best.Product(
                            x + (long)row * depth + k, depth, Math.Min(BlockRows, rows - row),
                            mine.Slice(k, Math.Min(Depth, depth - k)), target, width, add || k > 0);
                }
            });
        }
    }
}
