using LongT5.Kernels;

namespace LongT5.Tests.Kernels;

/// <summary>Native memory of a test, with numbers around it that show whether a kernel wrote outside.</summary>
sealed unsafe class Memory : IDisposable
{
    private const int Margin = 96;
    private const float Guard = 12345.678f;
    private readonly NativeBuffer _buffer;
    private readonly long _length;

    public Memory(long length, Func<long, float>? value = null)
    {
        _length = length;
        _buffer = new NativeBuffer(length + 2 * Margin + 1);
        new Span<float>(_buffer.Pointer, Margin + 1).Fill(Guard);
        new Span<float>(Pointer + length, Margin).Fill(Guard);
        for (long i = 0; i < length; i++)
            Pointer[i] = value is null ? float.NaN : value(i);
    }

    /// <summary>Numbers around zero, the same for the same seed.</summary>
    public static Memory Random(long length, int seed, float scale = 1)
    {
        var random = new Random(seed);
        return new Memory(length, _ => (float)(random.NextDouble() * 2 - 1) * scale);
    }

    // An odd offset, so that nothing is aligned by chance.
    public float* Pointer => _buffer.Pointer + Margin + 1;

    public Span<float> Span => new(Pointer, (int)_length);

    public float this[long i] => Pointer[i];

    public void Dispose()
    {
        for (var i = 0; i < Margin; i++)
            if (_buffer.Pointer[i] != Guard || Pointer[_length + i] != Guard)
                throw new InvalidOperationException("A kernel wrote outside of what it was given.");
        _buffer.Dispose();
    }
}

static class Difference
{
    /// <summary>The largest distance, in units of the largest expected value.</summary>
    /// <param name="actual">What was computed.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="least">The smallest unit: what values of this kind come to, of which a few may be small by chance.</param>
    public static double Relative(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, double least = 1)
    {
        var (scale, worst) = (least, 0.0);
        foreach (var value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (var i = 0; i < expected.Length; i++)
            worst = double.IsNaN(actual[i])
                ? double.PositiveInfinity : Math.Max(worst, Math.Abs(actual[i] - expected[i]));
        return worst / scale;
    }

    /// <summary>Distance in units in the last place of the expected value, as a float has them.</summary>
    public static double Ulps(float actual, double expected)
    {
        var unit = Math.Max(MathF.BitIncrement(Math.Abs((float)expected)) - Math.Abs((float)expected), float.Epsilon);
        return Math.Abs(actual - expected) / unit;
    }
}
