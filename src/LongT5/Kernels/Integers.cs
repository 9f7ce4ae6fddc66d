using System.Runtime.CompilerServices;

namespace LongT5.Kernels;

/// <summary>Rows of floats as whole numbers and one scale: weights in 8 or 11 bits, activations in 16 or 13.</summary>
/// <remarks>
/// A weight is q s with q from -127 to 127 (11 bits: 1023) and s the row's largest magnitude over that. When many rows
/// are multiplied, the activations are rounded as well, but to 16 bits, since the machine multiplies pairs of 16 bits
/// as fast as it could 8: what is lost is lost by the weights alone. Beside weights of 11 bits they have 13, so that
/// 512 products fit into 32 bits and no sum can overflow.
/// </remarks>
internal static unsafe class Integers
{
    public const int LargestInt11 = 1023;
    private const int LargestInt8 = 127;

    /// <summary>The largest activation beside weights of a type.</summary>
    public static int LargestBeside(ElementType weights) => weights == ElementType.I8 ? short.MaxValue : 4095;

    /// <summary>Rounds a row to 8 bits (I8) or to 11 (I16); gives what a one counts.</summary>
    public static float Round(float* row, int columns, ElementType type, void* target)
    {
        var most = type == ElementType.I8 ? LargestInt8 : LargestInt11;
        var largest = Simd.Best.LargestMagnitude(row, columns);
        var perUnit = largest > 0 ? most / largest : 0;
        for (var i = 0; i < columns; i++)
        {
            if (type == ElementType.I8)
                ((sbyte*)target)[i] = (sbyte)MathF.Round(row[i] * perUnit);
            else
                ((short*)target)[i] = (short)MathF.Round(row[i] * perUnit);
        }
        return largest / most;
    }
}

internal abstract unsafe partial class Simd
{
    /// <summary>Whole numbers of 8 or 16 bits to floats.</summary>
    public abstract void FromWhole(ElementType type, byte* source, float* target, long count);

    /// <summary>The largest |x|; not a number if one of them is infinite or none itself.</summary>
    public abstract float LargestMagnitude(float* x, int n);

    /// <summary>
    /// Rounds a row to -most ... most, an even number of them, the last zero if n is odd; gives what a one counts.
    /// </summary>
    public abstract float ToInt16(float* x, int n, short* target, int most = short.MaxValue);
}

internal sealed unsafe partial class Simd<V, S>
{
    public override void FromWhole(ElementType type, byte* source, float* target, long count)
    {
        if (type == ElementType.I8)
            Widen<I8>(source, target, count);
        else
            Widen<I16>(source, target, count);
    }

    [MethodImpl(Hot)]
    public override float LargestMagnitude(float* x, int n)
    {
        V largest = default, strange = default, largest2 = default, strange2 = default;
        var i = 0;
        for (; i <= n - 2 * S.Count; i += 2 * S.Count) // two chains, so that neither waits for its own last result
        {
            V a = S.Load(x + i), b = S.Load(x + i + S.Count);
            largest = S.Max(largest, S.Max(a, S.Subtract(default, a)));
            largest2 = S.Max(largest2, S.Max(b, S.Subtract(default, b)));
            strange = S.Add(strange, S.Subtract(a, a)); // zero of all that is finite
            strange2 = S.Add(strange2, S.Subtract(b, b));
        }
        (largest, strange) = (S.Max(largest, largest2), S.Add(strange, strange2));
        for (; i < n; i += S.Count)
        {
            var value = i <= n - S.Count ? S.Load(x + i) : LoadPart(x + i, n - i);
            largest = S.Max(largest, S.Max(value, S.Subtract(default, value)));
            strange = S.Add(strange, S.Subtract(value, value));
        }
        return S.Largest(largest) + S.Sum(strange);
    }

    [MethodImpl(Hot)]
    public override float ToInt16(float* x, int n, short* target, int most)
    {
        var largest = LargestMagnitude(x, n);
        if (!(largest > 0))
        {
            new Span<short>(target, n + n % 2).Clear();
            return largest;
        }
        var perUnit = S.Fill(most / largest);
        var i = 0;
        for (; i <= n - S.Count; i += S.Count)
            S.StoreInt16(S.Multiply(S.Load(x + i), perUnit), target + i);
        if (i < n)
        {
            var end = stackalloc short[S.Count];
            S.StoreInt16(S.Multiply(LoadPart(x + i, n - i), perUnit), end);
            new Span<short>(end, n - i).CopyTo(new(target + i, n - i));
        }
        if (int.IsOddInteger(n))
            target[n] = 0;
        return largest / most;
    }
}
