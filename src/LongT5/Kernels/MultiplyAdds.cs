using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

internal abstract partial class Simd
{
    /// <summary>
    /// Chains of <see cref="MultiplyAdds"/>: enough that none waits for its own
    /// last result, few enough for 16 registers.
    /// </summary>
    public const int Chains = 12;

    /// <summary>
    /// Nothing but multiply-adds between registers, <see cref="Chains"/> a
    /// round: what all other kernels are held against.
    /// </summary>
    public abstract float MultiplyAdds(int rounds);
}

internal sealed partial class Simd<V, S>
{
    [MethodImpl(Hot)]
    public override float MultiplyAdds(int rounds)
    {
        V m = S.Fill(0.999f), a = S.Fill(0.1f);
        V s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (var i = 0; i < rounds; i++)
        {
            (s0, s1, s2) = (S.MultiplyAdd(s0, m, a), S.MultiplyAdd(s1, m, a), S.MultiplyAdd(s2, m, a));
            (s3, s4, s5) = (S.MultiplyAdd(s3, m, a), S.MultiplyAdd(s4, m, a), S.MultiplyAdd(s5, m, a));
            (s6, s7, s8) = (S.MultiplyAdd(s6, m, a), S.MultiplyAdd(s7, m, a), S.MultiplyAdd(s8, m, a));
            (s9, s10, s11) = (S.MultiplyAdd(s9, m, a), S.MultiplyAdd(s10, m, a), S.MultiplyAdd(s11, m, a));
        }
        V low = S.Add(S.Add(s0, s1), S.Add(s2, s3)), middle = S.Add(S.Add(s4, s5), S.Add(s6, s7));
        return S.Sum(S.Add(S.Add(low, middle), S.Add(S.Add(s8, s9), S.Add(s10, s11))));
    }
}
