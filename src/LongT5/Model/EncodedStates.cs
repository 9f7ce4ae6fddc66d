using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>States in the memory of this process: what a <see cref="Network"/> encodes to.</summary>
/// <param name="states">[L, C]; belongs to this from now on.</param>
/// <param name="length">L.</param>
/// <param name="width">C.</param>
sealed unsafe class EncodedStates(NativeBuffer states, int length, int width) : EncodedInput
{
    public EncodedStates(int length, int width)
        : this(new NativeBuffer((long)length * width), length, width)
    {
    }

    public override int Length => length;

    public override int Width => width;

    public override ReadOnlySpan<float> States => states.Span(0, checked(length * width));

    /// <summary>The first state.</summary>
    public float* Pointer => states.Pointer;

    public override ReadOnlySpan<float> State(int token) => states.Span((long)token * width, width);

    protected override void Dispose(bool disposing) => states.Dispose();
}
