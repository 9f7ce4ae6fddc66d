namespace LongT5.Kernels;

/// <summary>Products of 1 to 64 rows: the decoder. Each row of the matrix is read once for all rows of x.</summary>
/// <remarks>
/// Each element is summed in an order that depends on the length of the sum alone: not on the number of rows, the
/// row's place among them, or the number of workers.
/// </remarks>
internal static unsafe class FewRows
{
    /// <summary>y = x wᵀ.</summary>
    /// <param name="x">[rows, w.Columns].</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">[out, in].</param>
    /// <param name="y">[rows, w.Rows]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public static void Multiply(float* x, int rows, Matrix w, float* y, Workers workers, bool add = false)
        => workers.For(workers.Count, worker =>
        {
            var first = (int)((long)w.Rows * worker / workers.Count);
            var end = (int)((long)w.Rows * (worker + 1) / workers.Count);
            Range(x, w.Columns, rows, w, first, end, y, w.Rows, add);
        });

    /// <summary>y = x wᵀ on the calling thread, rows of x and y at any distance: attention scores, x = queries, w = keys.</summary>
    public static void Multiply(float* x, int xStride, int rows, Matrix w, float* y, int yStride)
        => Range(x, xStride, rows, w, 0, w.Rows, y, yStride, add: false);

    /// <summary>y[r, :] = Σᵢ p[r, i] v[i, :] on the calling thread: attention's weighted sum of values.</summary>
    /// <param name="p">[rows, v.Rows].</param>
    /// <param name="pStride">Floats from one row of p to the next.</param>
    /// <param name="rows">Rows of p and y.</param>
    /// <param name="v">[keys, width].</param>
    /// <param name="y">[rows, v.Columns].</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    public static void Combine(float* p, int pStride, int rows, Matrix v, float* y, int yStride)
    {
        using var row = new NativeBuffer(v.Columns);
        for (var r = 0; r < rows; r++)
            new Span<float>(y + (long)r * yStride, v.Columns).Clear();
        for (var i = 0; i < v.Rows; i++)
        {
            Halves.ToFloats(v.Type, v.Row(i), row.Pointer, v.Columns);
            for (var r = 0; r < rows; r++)
                Vectors.AddScaled(y + (long)r * yStride, p[(long)r * pStride + i], row.Pointer, v.Columns);
        }
    }

    private static void Range(float* x, int xStride, int rows, Matrix w, int first, int end, float* y, int yStride, bool add)
    {
        using var row = new NativeBuffer(w.Columns);
        for (var o = first; o < end; o++)
        {
            Halves.ToFloats(w.Type, w.Row(o), row.Pointer, w.Columns);
            for (var r = 0; r < rows; r++)
            {
                var sum = Vectors.Dot(x + (long)r * xStride, row.Pointer, w.Columns);
                ref var target = ref y[(long)r * yStride + o];
                target = add ? target + sum : sum;
            }
        }
    }
}
