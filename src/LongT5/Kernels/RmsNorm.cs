using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>T5's layer norm: no mean, no bias. y = weight · x / sqrt(mean(x²) + ε).</summary>
internal static unsafe class RmsNorm
{
    private const int Block = 16; // rows of a turn

    /// <summary>Of one row; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Row(float* x, float* weight, float epsilon, float* y, int width)
        => Simd.Best.ScaleEach(x, 1 / MathF.Sqrt(Vectors.Dot(x, x, width) / width + epsilon), weight, y, width);

    /// <summary>Of each row; x, y: [rows, width].</summary>
    public static void Rows(float* x, int rows, float* weight, float epsilon, float* y, int width, Workers workers)
    {
        if (rows <= Block)
            Some(x, 0, rows, weight, epsilon, y, width);
        else
            Shared(x, rows, weight, epsilon, y, width, workers);
    }

    private static void Shared(float* x, int rows, float* weight, float epsilon, float* y, int width, Workers workers)
        => workers.For((rows + Block - 1) / Block, block
            => Some(x, block * Block, Math.Min(rows, (block + 1) * Block), weight, epsilon, y, width));

    private static void Some(float* x, int first, int end, float* weight, float epsilon, float* y, int width)
    {
        for (var row = first; row < end; row++)
            Row(x + (long)row * width, weight, epsilon, y + (long)row * width, width);
    }
}

internal abstract unsafe partial class Simd
{
    /// <summary>y = s x · weight.</summary>
    public abstract void ScaleEach(float* x, float s, float* weight, float* y, int n);
}

internal sealed unsafe partial class Simd<V, S>
{
    [MethodImpl(Hot)]
    public override void ScaleEach(float* x, float s, float* weight, float* y, int n)
    {
        var factor = S.Fill(s);
        var i = 0;
        for (; i <= n - S.Count; i += S.Count)
            S.Store(S.Multiply(S.Multiply(S.Load(x + i), factor), S.Load(weight + i)), y + i);
        for (; i < n; i++)
            y[i] = x[i] * s * weight[i];
    }
}
