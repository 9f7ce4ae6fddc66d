namespace LongT5.Kernels;

/// <summary>T5's layer norm: no mean, no bias. y = x / sqrt(mean(x²) + ε) · weight.</summary>
internal static unsafe class RmsNorm
{
    /// <summary>Of one row; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Row(float* x, float* weight, float epsilon, float* y, int width)
    {
        var scale = 1 / MathF.Sqrt(Vectors.Dot(x, x, width) / width + epsilon);
        for (var i = 0; i < width; i++)
            y[i] = x[i] * scale * weight[i];
    }

    /// <summary>Of each row; x, y: [rows, width].</summary>
    public static void Rows(float* x, int rows, float* weight, float epsilon, float* y, int width, Workers workers)
    {
        const int Block = 16;
        workers.For((rows + Block - 1) / Block, block =>
        {
            for (var row = block * Block; row < Math.Min(rows, (block + 1) * Block); row++)
                Row(x + (long)row * width, weight, epsilon, y + (long)row * width, width);
        });
    }
}
