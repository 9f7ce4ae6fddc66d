using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>The functions between the matrices of a feed-forward layer.</summary>
internal static unsafe class Activations
{
    /// <summary>x becomes f(x).</summary>
    public static void Apply(Activation f, float* x, long n) => Simd.Best.Activate(f, x, null, n);

    /// <summary>gate becomes f(gate) · linear: the inner product of a gated layer.</summary>
    public static void Gate(Activation f, float* gate, float* linear, long n) => Simd.Best.Activate(f, gate, linear, n);
}

internal abstract unsafe partial class Simd
{
    /// <summary>x = f(x), times factor if it is not null.</summary>
    public abstract void Activate(Activation f, float* x, float* factor, long n);
}

internal sealed unsafe partial class Simd<V, S>
{
    public override void Activate(Activation f, float* x, float* factor, long n)
    {
        switch (f)
        {
            case Activation.Relu: Activate<Relu>(x, factor, n); break;
            case Activation.Gelu: Activate<Gelu>(x, factor, n); break;
            case Activation.GeluNew: Activate<GeluNew>(x, factor, n); break;
            case Activation.Silu: Activate<Silu>(x, factor, n); break;
            default: throw new ArgumentOutOfRangeException(nameof(f), f, "Not an activation.");
        }
    }

    [MethodImpl(Hot)]
    private static void Activate<F>(float* x, float* factor, long n)
        where F : IFunction
    {
        long i = 0;
        for (; i <= n - S.Count; i += S.Count)
        {
            var y = F.Of(S.Load(x + i));
            S.Store(factor is null ? y : S.Multiply(y, S.Load(factor + i)), x + i);
        }
        if (i < n)
        {
            var y = F.Of(LoadPart(x + i, n - i));
            StorePart(factor is null ? y : S.Multiply(y, LoadPart(factor + i, n - i)), x + i, n - i);
        }
    }

    private interface IFunction
    {
        static abstract V Of(V x);
    }

    private readonly struct Relu : IFunction
    {
        public static V Of(V x) => S.Max(default, x);
    }

    private readonly struct Silu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of(V x) => S.Divide(x, S.Add(S.Fill(1), Exp(S.Subtract(default, x))));
    }

    // 1 + tanh(u) = 2 / (1 + exp(-2u)), which loses nothing near zero or far from it.
    private readonly struct GeluNew : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of(V x)
        {
            var cubic = S.MultiplyAdd(S.Multiply(S.Multiply(x, x), x), S.Fill(0.044715f), x);
            return S.Divide(x, S.Add(S.Fill(1), Exp(S.Multiply(cubic, S.Fill(-1.59576912f))))); // -2 sqrt(2 / pi)
        }
    }

    private readonly struct Gelu : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of(V x)
        {
            var half = S.Multiply(x, S.Fill(0.5f));
            return S.MultiplyAdd(half, Erf(S.Multiply(x, S.Fill(0.707106781f))), half);
        }
    }

    // Near zero x + x q(x²); from 0.93 on 1 - exp(t r(t)) of t = |x|; both fitted for the least error (5e-10).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Erf(V x)
    {
        var s = S.Multiply(x, x);
        var q = S.MultiplyAdd(S.Fill(8.31677244e-05f), s, S.Fill(-0.000813001185f));
        q = S.MultiplyAdd(q, s, S.Fill(0.00519990642f));
        q = S.MultiplyAdd(q, s, S.Fill(-0.0268589407f));
        q = S.MultiplyAdd(q, s, S.Fill(0.112836875f));
        q = S.MultiplyAdd(q, s, S.Fill(-0.376126319f));
        q = S.MultiplyAdd(q, s, S.Fill(0.128379166f));
        var near = S.MultiplyAdd(q, x, x);

        var t = S.Min(S.Fill(4), S.Max(x, S.Subtract(default, x)));
        var r = S.MultiplyAdd(S.Fill(-4.80647577e-06f), t, S.Fill(4.3999964e-05f));
        r = S.MultiplyAdd(r, t, S.Fill(5.75130543e-05f));
        r = S.MultiplyAdd(r, t, S.Fill(-0.0029516716f));
        r = S.MultiplyAdd(r, t, S.Fill(0.0227082986f));
        r = S.MultiplyAdd(r, t, S.Fill(-0.105294444f));
        r = S.MultiplyAdd(r, t, S.Fill(-0.635609269f));
        r = S.MultiplyAdd(r, t, S.Fill(-1.12855518f));
        var far = S.Subtract(S.Fill(1), Exp(S.Multiply(r, t)));
        return S.IfLess(S.Fill(0.93f), t, S.IfLess(x, default, S.Subtract(default, far), far), near);
    }
}
