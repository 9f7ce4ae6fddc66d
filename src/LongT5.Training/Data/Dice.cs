namespace LongT5.Training.Data;

/// <summary>
/// A random sequence that is a function of its key alone, so that any place of a run can be made again.
/// </summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood 2014): small, fast, and the same on every machine and runtime.</remarks>
public struct Dice
{
    private ulong _state;

    /// <param name="seed">The seed of the run.</param>
    /// <param name="stream">What the numbers are for, so that two uses of one seed are unrelated.</param>
    /// <param name="index">The place in that use: an epoch, an example.</param>
    public Dice(long seed, long stream = 0, long index = 0)
        => _state = Mix(Mix(Mix((ulong)seed) + (ulong)stream) + (ulong)index);

    /// <summary>64 random bits.</summary>
    public ulong Bits() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Bits() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Uniform over 0 .. <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)Math.BigMul(Bits(), (ulong)count, out _);

    /// <summary>Normal with mean 0 and the deviation given (Box and Muller 1958).</summary>
    public double Normal(double deviation)
        => deviation * Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    /// <summary>Puts the items in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
