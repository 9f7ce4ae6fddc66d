using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>The largest values of a row and where they stand; of equals, the one at the lowest index goes first.</summary>
/// <remarks>What is not a number counts as negative infinity.</remarks>
internal static unsafe class TopK
{
    /// <summary>The index of the largest value.</summary>
    public static int Argmax(ReadOnlySpan<float> x)
    {
        Span<int> index = stackalloc int[1];
        Span<float> value = stackalloc float[1];
        Select(x, index, value);
        return index[0];
    }

    /// <summary>The <c>indices.Length</c> largest values, in falling order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer values than were asked for.</exception>
    public static void Select(ReadOnlySpan<float> x, Span<int> indices, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(indices.Length, x.Length);
        if (indices.Length == 0)
            return;
        var count = 0;
        fixed (float* row = x)
            for (var i = 0; i < x.Length; i++)
            {
                if (count == indices.Length)
                {
                    i = Simd.Best.FirstAbove(row, i, x.Length, values[count - 1]);
                    if (i == x.Length)
                        return;
                }
                var value = float.IsNaN(x[i]) ? float.NegativeInfinity : x[i];
                var at = count == indices.Length ? count - 1 : count++;
                for (; at > 0 && value > values[at - 1]; at--)
                    (values[at], indices[at]) = (values[at - 1], indices[at - 1]);
                (values[at], indices[at]) = (value, i);
            }
    }
}

internal abstract unsafe partial class Simd
{
    /// <summary>The first index from start on whose value is above the threshold; n if there is none.</summary>
    public abstract int FirstAbove(float* x, int start, int n, float threshold);
}

internal sealed unsafe partial class Simd<V, S>
{
    [MethodImpl(Hot)]
    public override int FirstAbove(float* x, int start, int n, float threshold)
    {
        var i = start;
        for (; i <= n - S.Count; i += S.Count)
            if (S.Largest(S.IfLess(S.Fill(threshold), S.Load(x + i), S.Fill(1), default)) > 0)
                break;
        for (; i < n; i++)
            if (x[i] > threshold)
                break;
        return i;
    }
}
