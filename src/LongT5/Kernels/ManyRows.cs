namespace LongT5.Kernels;

/// <summary>y = x wᵀ for hundreds of rows and more: the encoder, and the keys and values of cross attention.</summary>
/// <remarks>
/// Each element of y is summed in an order that depends on the number of columns alone: not on the number of rows,
/// the row's place among them, or the number of workers. <see cref="FewRows"/> keeps the same promise with another order,
/// so the place in the model chooses the kernel, never the number of rows.
/// </remarks>
internal static unsafe class ManyRows
{
    /// <param name="x">[rows, w.Columns].</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">[out, in].</param>
    /// <param name="y">[rows, w.Rows]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public static void Multiply(float* x, int rows, Matrix w, float* y, Workers workers, bool add = false)
    {
        workers.For(w.Rows, o =>
        {
            using var row = new NativeBuffer(w.Columns);
            Halves.ToFloats(w.Type, w.Row(o), row.Pointer, w.Columns);
            for (var r = 0; r < rows; r++)
            {
                var sum = Vectors.Dot(x + (long)r * w.Columns, row.Pointer, w.Columns);
                ref var target = ref y[(long)r * w.Rows + o];
                target = add ? target + sum : sum;
            }
        });
    }
}
