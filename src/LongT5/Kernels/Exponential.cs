using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

internal sealed partial class Simd<V, S>
{
    // e^x = 2^n e^r with n = round(x / ln 2) and |r| <= ln 2 / 2; e^r by a polynomial fitted for the least relative
    // error (3e-9). Below the smallest normal float it gives 0; what is not a number stays so.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Exp(V x)
    {
        x = S.Min(S.Fill(89), S.Max(S.Fill(-88), x));
        var n = S.Round(S.Multiply(x, S.Fill(1.44269504f)));
        var r = S.MultiplyAdd(n, S.Fill(-0.693145752f), x); // ln 2 in two parts, the first exact when multiplied
        r = S.MultiplyAdd(n, S.Fill(-1.42860677e-6f), r);
        var p = S.MultiplyAdd(S.Fill(0.00138144649f), r, S.Fill(0.00836878084f));
        p = S.MultiplyAdd(p, r, S.Fill(0.0416683927f));
        p = S.MultiplyAdd(p, r, S.Fill(0.166665196f));
        p = S.MultiplyAdd(p, r, S.Fill(0.49999994f));
        p = S.MultiplyAdd(S.Multiply(p, r), r, r);
        return S.Multiply(S.Add(p, S.Fill(1)), S.PowerOfTwo(n));
    }
}
