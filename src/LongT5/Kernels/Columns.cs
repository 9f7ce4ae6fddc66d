namespace LongT5.Kernels;

/// <summary>The same vector for every row of a matrix: biases, scales.</summary>
internal static unsafe class Columns
{
    /// <summary>y[r] += vector.</summary>
    public static void Add(float* y, int rows, int width, float* vector, Workers workers)
        => workers.For(rows, row => Vectors.Add(y + (long)row * width, vector, width));

    /// <summary>y[r] = vector · x[r], or y[r] += that.</summary>
    public static void Scale(float* x, int rows, int width, float* vector, float* y, bool add, Workers workers)
        => workers.For(rows, row =>
        {
            float* from = x + (long)row * width, to = y + (long)row * width;
            for (var i = 0; i < width; i++)
                to[i] = add ? to[i] + from[i] * vector[i] : from[i] * vector[i];
        });
}
