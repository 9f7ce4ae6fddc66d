using System.Runtime.Intrinsics;

namespace LongT5.Kernels;

/// <summary>Sums and products of plain vectors. Each result is summed in an order that depends on the length alone.</summary>
internal static unsafe class Vectors
{
    /// <summary>Σ a[i] b[i].</summary>
    public static float Dot(float* a, float* b, int n)
    {
        var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= n - 16; i += 16)
        {
            low = Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), low);
            high = Vector256.MultiplyAddEstimate(Vector256.Load(a + i + 8), Vector256.Load(b + i + 8), high);
        }
        var sum = Vector256.Sum(low + high);
        for (; i < n; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>y += s x.</summary>
    public static void AddScaled(float* y, float s, float* x, int n)
    {
        var i = 0;
        for (; i <= n - 8; i += 8)
            Vector256.MultiplyAddEstimate(Vector256.Create(s), Vector256.Load(x + i), Vector256.Load(y + i)).Store(y + i);
        for (; i < n; i++)
            y[i] = MathF.FusedMultiplyAdd(s, x[i], y[i]);
    }

    /// <summary>y += x.</summary>
    public static void Add(float* y, float* x, long n)
    {
        for (long i = 0; i < n; i++)
            y[i] += x[i];
    }

    /// <summary>y *= s.</summary>
    public static void Scale(float* y, float s, long n)
    {
        for (long i = 0; i < n; i++)
            y[i] *= s;
    }

    /// <summary>The largest value; negative infinity for none.</summary>
    public static float Max(float* x, int n)
    {
        var max = float.NegativeInfinity;
        for (var i = 0; i < n; i++)
            max = MathF.Max(max, x[i]);
        return max;
    }
}
