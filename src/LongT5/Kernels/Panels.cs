using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LongT5.Kernels;

/// <summary>
/// The right operand of a product, [depth, columns], cut into panels of W columns, so that the product's inner loop
/// reads it line after line: [columns / W][depth][W].
/// </summary>
/// <param name="Data">The first element.</param>
/// <param name="Type">F32, BF16, or I16, of which an element is a pair of numbers.</param>
/// <param name="PanelStride">Elements from a panel to the next.</param>
/// <param name="Depth">Length of the sums, in elements.</param>
/// <param name="Columns">Columns of the product.</param>
/// <param name="Scales">Of I16: what a whole number of each column counts, for whole panels.</param>
internal readonly unsafe record struct Panels(
    nint Data, ElementType Type, nint PanelStride, int Depth, int Columns, nint Scales = 0)
{
    /// <summary>
    /// Columns of a panel: two registers of the widest kind, so that a product reads whole lines, one after another.
    /// </summary>
    public static int Width => Lanes512.IsSupported ? 2 * Lanes512.Count : 2 * Lanes256.Count;

    private nint ElementSize => Type == ElementType.BF16 ? 2 : 4;

    /// <summary>Elements that the panels of a matrix take, the last one filled up.</summary>
    public static long Length(int columns, int depth) => (long)(columns + Width - 1) / Width * Width * depth;

    /// <summary>Floats panels of keys, packed by <see cref="Pack"/>.</summary>
    public static Panels Packed(float* data, int depth, int columns)
        => new((nint)data, ElementType.F32, (nint)Width * depth, depth, columns);

    /// <summary>Length of a sum in elements.</summary>
    public static int DepthOf(in Matrix w) => w.Type.IsWhole() ? (w.Columns + 1) / 2 : w.Columns;

    /// <summary>
    /// Rows <paramref name="start"/> to <paramref name="start"/> + <paramref name="depth"/>: a part of each sum.
    /// </summary>
    public Panels Slice(int start, int depth)
        => this with { Data = Data + (nint)start * Width * ElementSize, Depth = depth };

    /// <summary>From the <paramref name="first"/>-th panel on, <paramref name="columns"/> columns.</summary>
    public Panels From(int first, int columns)
        => this with
        {
            Data = Data + first * PanelStride * ElementSize,
            Columns = columns,
            Scales = Scales + first * Width * sizeof(float),
        };

    /// <summary>Transposes up to W rows of w into one panel [depth, W]; columns that have no row become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(in Matrix w, int firstRow, float* panel)
    {
        const int Chunk = 256;
        var chunk = stackalloc float[4 * Chunk];
        var depth = DepthOf(w);
        for (var row = 0; row < Width; row += 4)
            for (var start = 0; start < depth; start += Chunk)
            {
                var length = Math.Min(Chunk, depth - start);
                for (var i = 0; i < 4; i++)
                    if (firstRow + row + i < w.Rows)
                        Widen(w, firstRow + row + i, start, length, chunk + i * Chunk);
                    else
                        new Span<float>(chunk + i * Chunk, length).Clear();
                Transpose(chunk, Chunk, length, panel + (long)start * Width + row);
            }
    }

    private static void Widen(in Matrix w, int row, int start, int length, float* target)
    {
        if (!w.Type.IsWhole())
        {
            Halves.ToFloats(w.Type, w.Row(row) + (long)start * w.Type.Size(), target, length);
            return;
        }
        var count = Math.Min(2 * length, w.Columns - 2 * start);
        var numbers = w.Row(row) + 2L * start * w.Type.Size();
        var pairs = new Span<short>(target, count);
        target[length - 1] = 0; // the second of the last pair, where there is none
        if (w.Type == ElementType.I8)
            TensorPrimitives.ConvertTruncating(new ReadOnlySpan<sbyte>((sbyte*)numbers, count), pairs);
        else
            new ReadOnlySpan<short>((short*)numbers, count).CopyTo(pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* rows, int stride, int length, float* target) // [4, length] to [length, 4 of W]
    {
        var (i, width) = (0, Width);
        if (Sse.IsSupported)
            for (; i <= length - 4; i += 4, target += 4 * width)
            {
                var (a, b) = (Sse.LoadVector128(rows + i), Sse.LoadVector128(rows + stride + i));
                var (c, d) = (Sse.LoadVector128(rows + 2 * stride + i), Sse.LoadVector128(rows + 3 * stride + i));
                var (abLow, abHigh) = (Sse.UnpackLow(a, b), Sse.UnpackHigh(a, b));
                var (cdLow, cdHigh) = (Sse.UnpackLow(c, d), Sse.UnpackHigh(c, d));
                Sse.MoveLowToHigh(abLow, cdLow).Store(target);
                Sse.MoveHighToLow(cdLow, abLow).Store(target + width);
                Sse.MoveLowToHigh(abHigh, cdHigh).Store(target + 2 * width);
                Sse.MoveHighToLow(cdHigh, abHigh).Store(target + 3 * width);
            }
        for (; i < length; i++, target += width)
            for (var r = 0; r < 4; r++)
                target[r] = rows[r * stride + i];
    }
}
