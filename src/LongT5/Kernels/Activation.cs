namespace LongT5.Kernels;

/// <summary>The function between the two matrices of a feed-forward layer.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x Phi(x), exact, by the error function.</summary>
    Gelu,

    /// <summary>The tanh approximation of gelu: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).</summary>
    GeluNew,

    /// <summary>x / (1 + exp(-x)).</summary>
    Silu,
}
