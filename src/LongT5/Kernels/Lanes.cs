namespace LongT5.Kernels;

/// <summary>
/// What kernels need of a register of floats, so that each is written once: for 512, 256 and 128 bits, and for one
/// float where a machine has no vectors.
/// </summary>
/// <typeparam name="V">The register.</typeparam>
/// <remarks>
/// Code that was compiled ahead of time has the widths that its publisher allowed
/// (IlcInstructionSet): 128 bits by default.
/// </remarks>
internal unsafe interface ILanes<V>
    where V : struct
{
    /// <summary>Floats of a register.</summary>
    static abstract int Count { get; }

    static abstract V Load(float* source);

    static abstract V LoadBFloat16(ushort* source);

    static abstract V LoadHalf(ushort* source);

    static abstract V LoadInt8(sbyte* source);

    static abstract V LoadInt16(short* source);

    /// <summary>Rounded to the nearest whole number, ties to even; must be from -32767 to 32767.</summary>
    static abstract void StoreInt16(V value, short* target);

    /// <summary>Asks for the line of this address, which need not exist, to come into the first cache.</summary>
    static abstract void Prefetch(byte* source);

    static abstract void Store(V value, float* target);

    /// <summary>Rounded to the nearest bfloat16, ties to even; what is not a number stays so.</summary>
    static abstract void StoreBFloat16(V value, ushort* target);

    /// <summary>All lanes the same.</summary>
    static abstract V Fill(float value);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    static abstract V Divide(V a, V b);

    /// <summary>a · b + c, rounded once where the machine can.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>Lanes as pairs of 16-bit numbers and sums of 32 bits: a₀ b₀ + a₁ b₁ + c.</summary>
    static abstract V MultiplyAddPairs(V a, V b, V c);

    /// <summary>Lanes of 32-bit whole numbers to floats.</summary>
    static abstract V WholeToFloat(V a);

    static abstract V Max(V a, V b);

    static abstract V Min(V a, V b);

    /// <summary>To the nearest whole number, ties to even.</summary>
    static abstract V Round(V a);

    /// <summary>2ⁿ for whole numbers n from -127 (which gives 0) to 127.</summary>
    static abstract V PowerOfTwo(V n);

    /// <summary>Per lane: a &lt; b ? x : y.</summary>
    static abstract V IfLess(V a, V b, V x, V y);

    /// <summary>The sum over the lanes, halves added to halves.</summary>
    static abstract float Sum(V a);

    /// <summary>The sums of four registers, each as <see cref="Sum"/> gives it.</summary>
    static abstract void Sums(V a, V b, V c, V d, float* target);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(V a);
}
