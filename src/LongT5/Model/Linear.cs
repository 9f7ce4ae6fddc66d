// Shapes: N rows, C inputs, O outputs, R rank of a product of two matrices.

using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>
/// Where in the model a product stands. The place chooses the kernel, and with it the order of all sums.
/// </summary>
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

/// <summary>A linear map of the model and what stands beside it. All products of the model pass here.</summary>
abstract unsafe class Linear
{
    /// <summary>O.</summary>
    public abstract int Outputs { get; }

    /// <summary>Bytes that a product reads of the weights.</summary>
    public abstract double Bytes { get; }

    /// <summary>The matrix, if that is all.</summary>
    protected virtual Matrix? Plain => null;

    /// <summary>y = x Wᵀ, or y += x Wᵀ.</summary>
    /// <param name="place">Chooses the kernel.</param>
    /// <param name="x">[N, C].</param>
    /// <param name="rows">N.</param>
    /// <param name="y">[N, O]; must not overlap x.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="add">Whether the product is added to y (a residual) instead of replacing it.</param>
    public abstract void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false);

    /// <summary>Several maps of the same x.</summary>
    public static void Apply(Place place, float* x, int rows, ReadOnlySpan<Target> targets, Workers workers)
    {
        // Plain matrices go together: beside whole numbers x is rounded once for all.
        var plain = stackalloc Output[targets.Length];
        var count = 0;
        foreach (var target in targets)
        {
            if (target.Map.Plain is { } matrix)
                plain[count++] = new(matrix, target.Y);
        }
        if (count > 0)
            Multiply(place, x, rows, new(plain, count), workers, add: false);
        foreach (var target in targets)
        {
            if (target.Map.Plain is null)
                target.Map.Apply(place, x, rows, target.Y, workers);
        }
    }

    /// <summary>The two kernels.</summary>
    protected static void Multiply(Place place, float* x, int rows, ReadOnlySpan<Output> outputs,
        Workers workers, bool add)
    {
        if (place == Place.Decoder)
            FewRows.Multiply(x, rows, outputs, workers, add);
        else
            ManyRows.Multiply(x, rows, outputs, workers, add);
    }

    /// <summary>Bytes of a matrix.</summary>
    protected static double BytesOf(Matrix matrix) => (double)matrix.Rows * matrix.Columns * matrix.Type.Size();
}

/// <summary>y = W x.</summary>
/// <param name="matrix">W [O, C].</param>
sealed unsafe class MatrixLinear(Matrix matrix) : Linear
{
    public override int Outputs => matrix.Rows;

    public override double Bytes => BytesOf(matrix);

    protected override Matrix? Plain => matrix;

    public override void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false)
        => Multiply(place, x, rows, [new(matrix, y)], workers, add);
}

/// <summary>y = B (A x): a matrix of low rank as two.</summary>
/// <param name="down">A [R, C].</param>
/// <param name="up">B [O, R].</param>
sealed unsafe class LowRankLinear(Matrix down, Matrix up) : Linear
{
    public override int Outputs => up.Rows;

    public override double Bytes => BytesOf(down) + BytesOf(up);

    public override void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false)
    {
        using var middle = Scratch.Rent((long)rows * down.Rows);                      // [N, R]
        Multiply(place, x, rows, [new(down, middle.Pointer)], workers, add: false);
        Multiply(place, middle.Pointer, rows, [new(up, y)], workers, add);
    }
}
