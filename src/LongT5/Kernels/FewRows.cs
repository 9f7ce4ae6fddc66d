
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

    /// <summary>The same for several matrices.</summary>
    public static void Multiply(float* x, int rows, ReadOnlySpan<Output> outputs, Workers workers, bool add = false)
    {
        foreach (var output in outputs)
            Multiply(x, rows, output.W, output.Y, workers, add);
    }

    /// <summary>
    /// One product, shared among workers; kept by its thread for the next, so
    /// that a decoded token allocates nothing here.
    /// </summary>
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
