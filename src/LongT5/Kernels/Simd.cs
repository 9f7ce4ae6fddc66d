using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LongT5.Kernels;

/// <summary>Every kernel that is written over registers; one instance for each width of register.</summary>
/// <remarks>
/// The declaration and the body of each kernel stand in the file of its name. All of them keep one promise: an
/// element's value, to the last bit, depends on the values it is made from and on the length of its sum, not on where
/// it stands or what is computed with it. Widths may differ from each other in the last bits.
/// </remarks>
internal abstract partial class Simd
{
    /// <summary>
    /// How loops are compiled: at once as well as can be. Otherwise the first calls run unoptimised, ten times as long,
    /// and a short request is nothing but first calls.
    /// </summary>
    protected const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>The widths that this machine has, the widest first; the last runs everywhere.</summary>
    public static Simd[] Supported { get; } = [.. Widths()];

    /// <summary>The widest: what everything uses.</summary>
    public static readonly Simd Best = Supported[0];

    /// <summary>Floats of a register.</summary>
    public abstract int Count { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Count} x float";

    private static IEnumerable<Simd> Widths()
    {
        if (Lanes512.IsSupported)
            yield return new Simd<Vector512<float>, Lanes512>();
        if (Lanes256.IsSupported)
            yield return new Simd<Vector256<float>, Lanes256>();
        if (Lanes128.IsSupported)
            yield return new Simd<Vector128<float>, Lanes128>();
        yield return new Simd<float, Lanes1>();
    }
}

/// <summary>The kernels over registers <typeparamref name="V"/>.</summary>
internal sealed partial class Simd<V, S> : Simd
    where V : struct
    where S : ILanes<V>
{
    public override int Count => S.Count;
}
