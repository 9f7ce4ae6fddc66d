using TorchSharp;

namespace LongT5.Torch.Native;

/// <summary>Numbers as native operations take them.</summary>
/// <remarks>
/// TorchSharp frees a number as soon as the collector sees no managed code using it, which may be while native code is
/// still to read it: then the operation fails, now and then, with "Expected false to be true". So the last ones that
/// were made stay reachable, far longer than any operation lasts. One thread computes, so the ring needs no lock.
/// </remarks>
static class Number
{
    [ThreadStatic]
    private static Scalar[]? s_ring;

    [ThreadStatic]
    private static int s_next;

    /// <summary>
    /// What <c>add</c> multiplies its second operand by. TorchSharp's own operators and its <c>add</c> of two make one
    /// anew at every call, which the collector may free too early; so this library always passes this one.
    /// </summary>
    public static Scalar One { get; } = 1.ToScalar();

    /// <summary>A number.</summary>
    public static Scalar Of(double value) => Keep(value.ToScalar());

    /// <summary>A whole number.</summary>
    public static Scalar Of(long value) => Keep(value.ToScalar());

    private static Scalar Keep(Scalar scalar)
    {
        var ring = s_ring ??= new Scalar[1024];
        ring[s_next] = scalar;
        s_next = (s_next + 1) % ring.Length;
        return scalar;
    }
}
