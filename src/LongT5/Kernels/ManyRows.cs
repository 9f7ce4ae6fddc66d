using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>y = x wᵀ for hundreds of rows and more: the encoder, and the keys and values of cross attention.</summary>
/// <remarks>
/// Each element of y is summed in an order that depends on the number of columns alone: not on the number of rows,
/// the row's place among them, or the number of workers. <see cref="FewRows"/> keeps the same promise with another
/// order, so the place in the model chooses the kernel, never the number of rows.
/// </remarks>
internal static unsafe class ManyRows
{
    private const int Depth = 256; // of a panel's slice, which stays in the first cache; of pairs, what 32 bits can sum
    private const int BlockRows = 32 * Simd.TileRows; // of x: with Depth, what stays in the second cache
    // floats between rows, so that those of a power of two do not share the same places of a cache
    private const int Gap = 16;
    private const int RoundRows = 16; // of a turn
    private const int ItemsPerWorker = 16; // so that all end at about the same time
    private const int PackedFloats = 1 << 21; // of w at once

    /// <summary>y = x wᵀ.</summary>
    /// <param name="x">[rows, w.Columns].</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">[out, in].</param>
    /// <param name="y">[rows, w.Rows]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public static void Multiply(float* x, int rows, Matrix w, float* y, Workers workers, bool add = false)
        => Multiply(x, rows, [new(w, y)], workers, add);

    /// <summary>
    /// The same for several matrices of the same columns; beside whole numbers x is rounded once for all of a type.
    /// </summary>
    public static void Multiply(float* x, int rows, ReadOnlySpan<Output> outputs, Workers workers, bool add = false)
    {
        var (columns, whole) = (outputs[0].W.Columns, false);
        foreach (var output in outputs)
            whole |= output.W.Type.IsWhole();
        var stride = (columns + 1) / 2 + Gap; // pairs
        using var buffer = whole ? Scratch.Rent((long)rows * (stride + 1)) : default;
        var rounded = new Left(buffer.Pointer, stride, buffer.Pointer + (long)rows * stride);
        var roundedTo = 0;
        foreach (var output in outputs)
        {
            if (!output.W.Type.IsWhole())
            {
                Multiply(new Left(x, columns, null), rows, output.W, output.Y, workers, add);
                continue;
            }
            var most = Integers.LargestBeside(output.W.Type);
            if (roundedTo != most)
                Round(x, rows, columns, roundedTo = most, rounded, workers);
            Multiply(rounded, rows, output.W, output.Y, workers, add);
        }
    }

    private static void Multiply(Left left, int rows, Matrix w, float* y, Workers workers, bool add)
    {
        var (depth, width, whole) = (Panels.DepthOf(w), w.Rows, w.Type.IsWhole());
        var panelsAtOnce = Math.Clamp(PackedFloats / (Panels.Width * Math.Max(depth, 1)), 1,
            (width + Panels.Width - 1) / Panels.Width);
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
            if (whole)
                new Span<float>(w.Scales + start, columns).CopyTo(new(scales, columns));

            // A grid of items over rows and panels; few rows are shared out by panels.
            var b = Panels.Packed(buffer, depth, columns) with
            {
                Type = whole
                ? ElementType.I16 : ElementType.F32,
                Scales = (nint)scales
            };
            var rowItems = (rows + BlockRows - 1) / BlockRows;
            var panelItems = Math.Clamp((ItemsPerWorker * workers.Count + rowItems - 1) / Math.Max(rowItems, 1), 1,
                panels);
            workers.For(rowItems * panelItems, item =>
            {
                var (row, part) = (item / panelItems * BlockRows, item % panelItems);
                var (from, to) = (panels * part / panelItems, panels * (part + 1) / panelItems);
                Block(left.From(row), Math.Min(BlockRows, rows - row), b, from, to, y + (long)row * width + start,
                    width, add);
            });
        }
    }

    /// <summary>
    /// The left operand: floats where they lie, or pairs of whole numbers and what a one of each row counts.
    /// </summary>
    private readonly struct Left(float* data, int stride, float* scales)
    {
        public readonly float* Data = data;
        public readonly int Stride = stride;
        public readonly float* Scales = scales;

        public Left From(int row) => new(Data + (long)row * Stride, Stride, Scales is null ? null : Scales + row);
    }

    private static void Round(float* x, int rows, int width, int most, Left target, Workers workers)
        => workers.For((rows + RoundRows - 1) / RoundRows, item =>
        {
            for (var row = item * RoundRows; row < Math.Min(rows, (item + 1) * RoundRows); row++)
                target.Scales[row] = Simd.Best.ToInt16(x + (long)row * width, width,
                    (short*)target.From(row).Data, most);
        });

    // y[:, panels from ... to] = x b, slice by slice of the sum: a slice of x stays in the second cache while all
    // panels pass.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(Left x, int rows, Panels b, int from, int to, float* y, int yStride, bool add)
    {
        const int CopyStride = Depth + Gap;
        using var copy = x.Scales is null ? Scratch.Rent((long)BlockRows * CopyStride) : default;
        for (var k = 0; k < b.Depth; k += Depth)
        {
            var depth = Math.Min(Depth, b.Depth - k);
            for (var r = 0; x.Scales is null && r < rows; r++)
                new Span<float>(x.Data + (long)r * x.Stride + k, depth).CopyTo(
                    new(copy.Pointer + r * CopyStride, depth));
            var slice = x.Scales is null
                ? new Left(copy.Pointer, CopyStride, null) : new Left(x.Data + k, x.Stride, x.Scales);
            for (var panel = from; panel < to; panel++)
            {
                var mine = b.From(panel, Math.Min(Panels.Width, b.Columns - panel * Panels.Width));
                Simd.Best.Product(
                    slice.Data, slice.Stride, rows, mine.Slice(k, depth), y + panel * Panels.Width, yStride,
                    add || k > 0, slice.Scales);
            }
        }
    }
}
