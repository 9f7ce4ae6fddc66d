using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>States in the memory of this process: what a <see cref="Network"/> encodes to.</summary>
sealed unsafe class EncodedStates : EncodedInput
{
    private readonly Lifetime _life = new();
    private readonly NativeBuffer _states;                                            // [L, C]

    /// <param name="length">L.</param>
    /// <param name="width">C.</param>
    public EncodedStates(int length, int width)
        : this(new NativeBuffer((long)length * width), length, width)
    {
    }

    /// <param name="states">[L, C]; belongs to this from now on.</param>
    /// <param name="length">L.</param>
    /// <param name="width">C.</param>
    public EncodedStates(NativeBuffer states, int length, int width)
        => (_states, Length, Width) = (_life.Keep(states), length, width);

    public override int Length { get; }

    public override int Width { get; }

    public override ReadOnlySpan<float> States => State(0, checked(Length * Width));

    /// <summary>
    /// The network that encoded it, which with an adapter also decodes it; null for whichever is asked.
    /// </summary>
    public Network? Encoder { get; set; }

    /// <summary>The first state.</summary>
    public float* Pointer => _states.Pointer;

    public override ReadOnlySpan<float> State(int token) => State((long)token * Width, Width);

    /// <summary>Keeps the states until the lease is disposed.</summary>
    public Lifetime.Lease Use() => _life.Use(this);

    /// <summary>Copies states of another input to a place in these.</summary>
    /// <param name="other">The other input.</param>
    /// <param name="first">The first of its states.</param>
    /// <param name="place">Which of these they are.</param>
    public void Take(EncodedStates other, int first, Range place)
    {
        using Lifetime.Lease mine = Use(), theirs = other.Use();
        var count = (long)(place.End.Value - place.Start.Value) * Width * sizeof(float);
        Buffer.MemoryCopy(other.Pointer + (long)first * Width, Pointer + (long)place.Start.Value * Width, count, count);
    }

    protected override void Dispose(bool disposing) => _life.Dispose();

    private Span<float> State(long start, int count)
    {
        ObjectDisposedException.ThrowIf(_life.HasEnded, this);
        return _states.Span(start, count);
    }
}
