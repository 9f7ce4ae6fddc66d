namespace LongT5.Kernels;

/// <summary>exp(x) over its sum, and the logarithm of that; the maximum is taken off first, so nothing overflows.</summary>
internal static unsafe class Softmax
{
    /// <summary>x becomes its softmax.</summary>
    public static void Row(float* x, int n)
    {
        var sum = Exp(x, n, Vectors.Max(x, n));
        Vectors.Scale(x, 1 / sum, n);
    }

    /// <summary>x becomes exp(x - shift); gives the sum. What an online softmax is made of.</summary>
    public static float Exp(float* x, int n, float shift)
    {
        var sum = 0f;
        for (var i = 0; i < n; i++)
            sum += x[i] = MathF.Exp(x[i] - shift);
        return sum;
    }

    /// <summary>y = log(softmax(x)); y may be x.</summary>
    public static void LogRow(ReadOnlySpan<float> x, Span<float> y)
    {
        var max = float.NegativeInfinity;
        foreach (var value in x)
            max = MathF.Max(max, value);
        var sum = 0.0;
        foreach (var value in x)
            sum += MathF.Exp(value - max);
        var shift = max + (float)Math.Log(sum);
        for (var i = 0; i < x.Length; i++)
            y[i] = x[i] - shift;
    }
}
