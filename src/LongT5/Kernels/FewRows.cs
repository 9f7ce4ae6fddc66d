
namespace LongT5.Kernels;

/// <summary>Products of 1 to 64 rows: the decoder. Each row of the matrix is read once for all rows of x.</summary>
/// <remarks>
/// Each element is summed in an order that depends on the length of the sum alone: not on the number of rows, the
/// row's place among them, or the number of workers.
/// </remarks>
internal static unsafe class FewRows
{
    [ThreadStatic]
    private static Job? t_job;

    /// <summary>y = x wᵀ.</summary>
    /// <param name="x">[rows, w.Columns].</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">[out, in].</param>
    /// <param name="y">[rows, w.Rows]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public static void Multiply(float* x, int rows, Matrix w, float* y, Workers workers, bool add = false)
    {
        var job = t_job ?? new Job();
        t_job = null;
        job.Run(x, rows, w, y, workers, add);
        t_job = job;
    }

    /// <summary>y = x wᵀ on the calling thread, rows of x and y at any distance.</summary>
    public static void Multiply(float* x, int xStride, int rows, Matrix w, float* y, int yStride)
        => Simd.Best.Dots(x, xStride, rows, w, 0, w.Rows, y, yStride, add: false);

    /// <summary>y[r, :] = Σᵢ p[r, i] v[i, :] on the calling thread: attention's weighted sum of values.</summary>
    /// <param name="p">[rows, v.Rows].</param>
    /// <param name="pStride">Floats from one row of p to the next.</param>
    /// <param name="rows">Rows of p and y.</param>
    /// <param name="v">[keys, width], F32 or BF16.</param>
    /// <param name="y">[rows, v.Columns].</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    public static void Combine(float* p, int pStride, int rows, Matrix v, float* y, int yStride)
    {
        for (var r = 0; r < rows; r++)
            new Span<float>(y + (long)r * yStride, v.Columns).Clear();
        if (v.Type == ElementType.F32)
            Tiles.Mix(p, pStride, rows, (float*)v.Data, v.Stride, v.Rows, v.Columns, y, yStride);
        else if (v.Type == ElementType.BF16)
            Tiles.Mix(p, pStride, rows, (ushort*)v.Data, v.Stride, v.Rows, v.Columns, y, yStride);
        else
            throw new ArgumentException($"Values of {v.Type} are not combined; F32 and BF16 are.", nameof(v));
    }

    private readonly struct Outputs(float* x, int rows, Matrix w, float* y, bool add, int rowsOfItem) : ILoop
    {
        public void Run(int item)
        {
            var first = item * rowsOfItem;
            Simd.Best.Dots(x, w.Columns, rows, w, first, Math.Min(first + rowsOfItem, w.Rows), y, w.Rows, add);
        }
    }

    /// <summary>One product, shared among workers; kept by its thread for the next, so that a decoded token allocates nothing here.</summary>
    private sealed class Job
    {
        private const int ItemBytes = 1 << 16; // of the matrix, for one turn of a worker

        private readonly Action<int> _item;
        private float* _x;
        private float* _y;
        private int _rows;
        private Matrix _w;
        private bool _add;
        private int _rowsOfItem;

        public Job() => _item = Item;

        public void Run(float* x, int rows, in Matrix w, float* y, Workers workers, bool add)
        {
            (_rows, _w, _add) = (rows, w, add);
            _x = x;
            _y = y;
            _rowsOfItem = Math.Max(4, ItemBytes / Math.Max(w.Columns * w.Type.Size(), 1) / 4 * 4);
            workers.For((w.Rows + _rowsOfItem - 1) / _rowsOfItem, _item);
        }

        private void Item(int item)
        {
            var first = item * _rowsOfItem;
            Simd.Best.Dots(_x, _w.Columns, _rows, _w, first, Math.Min(first + _rowsOfItem, _w.Rows), _y, _w.Rows, _add);
        }
    }
}
