// Shapes: N rows, C inputs, O outputs, R rank of a product of two matrices.

using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>Where in the model a product stands. The place chooses the kernel, and with it the order of all sums.</summary>
enum Place
{
    /// <summary>The encoder, and what the decoder makes of its states: hundreds of rows.</summary>
    Encoder,

    /// <summary>The decoder: one to <see cref="Decoder.MostRows"/> rows.</summary>
    Decoder,
}

/// <summary>A linear map, and where its result goes: [N, O].</summary>
readonly unsafe struct Target(Linear map, float* y)
{
    public readonly Linear Map = map;
    public readonly float* Y = y;
}

/// <summary>A linear map y = W x without a bias: one matrix of any type, or two in a row. All products of the model pass here.</summary>
/// <param name="matrix">[O, C], or [O, R] where another comes before it.</param>
/// <param name="before">[R, C]: W is the product of both.</param>
sealed unsafe class Linear(Matrix matrix, Matrix? before = null)
{
    /// <summary>Bytes that a product reads of the weights.</summary>
    public double Bytes => BytesOf(matrix) + (before is { } first ? BytesOf(first) : 0);

    /// <summary>y = x Wᵀ, or y += x Wᵀ.</summary>
    /// <param name="place">Chooses the kernel.</param>
    /// <param name="x">[N, C].</param>
    /// <param name="rows">N.</param>
    /// <param name="y">[N, O]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false)
    {
        if (before is not { } first)
        {
            Multiply(place, x, rows, [new(matrix, y)], workers, add);
            return;
        }
        using var middle = Scratch.Rent((long)rows * first.Rows);                     // [N, R]
        Multiply(place, x, rows, [new(first, middle.Pointer)], workers, add: false);
        Multiply(place, middle.Pointer, rows, [new(matrix, y)], workers, add);
    }

    /// <summary>Several maps of the same x.</summary>
    public static void Apply(Place place, float* x, int rows, ReadOnlySpan<Target> targets, Workers workers)
    {
        // Plain matrices go together: beside whole numbers x is rounded once for all.
        var plain = stackalloc Output[targets.Length];
        var count = 0;
        foreach (var target in targets)
        {
            if (target.Map.IsPlain)
                plain[count++] = new(target.Map.Matrix, target.Y);
        }
        if (count > 0)
            Multiply(place, x, rows, new(plain, count), workers, add: false);
        foreach (var target in targets)
        {
            if (!target.Map.IsPlain)
                target.Map.Apply(place, x, rows, target.Y, workers);
        }
    }

    private bool IsPlain => before is null;

    private Matrix Matrix => matrix;

    private static void Multiply(Place place, float* x, int rows, ReadOnlySpan<Output> outputs, Workers workers, bool add)
    {
        if (place == Place.Decoder)
            FewRows.Multiply(x, rows, outputs, workers, add);
        else
            ManyRows.Multiply(x, rows, outputs, workers, add);
    }

    private static double BytesOf(Matrix matrix) => (double)matrix.Rows * matrix.Columns * matrix.Type.Size();
}
