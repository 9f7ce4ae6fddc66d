using LongT5.Formats;

namespace LongT5.Kernels;

/// <summary>The functions between the matrices of a feed-forward layer.</summary>
internal static unsafe class Activations
{
    /// <summary>x becomes f(x).</summary>
    public static void Apply(Activation f, float* x, long n)
    {
        for (long i = 0; i < n; i++)
            x[i] = Value(f, x[i]);
    }

    /// <summary>gate becomes f(gate) · linear: the gated feed-forward layer's inner product.</summary>
    public static void Gate(Activation f, float* gate, float* linear, long n)
    {
        for (long i = 0; i < n; i++)
            gate[i] = Value(f, gate[i]) * linear[i];
    }

    private static float Value(Activation f, float x) => f switch
    {
        Activation.Relu => MathF.Max(x, 0),
        Activation.Gelu => 0.5f * x * (1 + (float)Erf(x / Math.Sqrt(2))),
        Activation.GeluNew => 0.5f * x * (1 + MathF.Tanh(0.7978845608f * (x + 0.044715f * x * x * x))),
        Activation.Silu => x / (1 + MathF.Exp(-x)),
        _ => throw new ArgumentOutOfRangeException(nameof(f), f, "Not an activation."),
    };

    private static double Erf(double x)
    {
        // Series near zero, continued fraction (Lentz) far from it.
        var a = Math.Abs(x);
        if (a < 2.5)
        {
            var (term, sum) = (a, a);
            for (var n = 1; Math.Abs(term) > 1e-17; n++)
            {
                term *= -a * a / n;
                sum += term / (2 * n + 1);
            }
            return Math.CopySign(2 / Math.Sqrt(Math.PI) * sum, x);
        }
        var fraction = a;
        for (var n = 60; n > 0; n--)
            fraction = a + n / 2.0 / fraction;
        return Math.CopySign(1 - Math.Exp(-a * a) / Math.Sqrt(Math.PI) / fraction, x);
    }
}
