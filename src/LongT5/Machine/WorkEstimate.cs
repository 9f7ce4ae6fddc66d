namespace LongT5.Machine;

/// <summary>What reading one input will take, reckoned from the shapes.</summary>
/// <param name="Tokens">Tokens of the input.</param>
/// <param name="Operations">Floating-point operations of the encoder and of the decoder's view of the input.</param>
/// <param name="Bytes">Memory beside the weights, at its peak.</param>
public readonly record struct WorkEstimate(int Tokens, double Operations, long Bytes)
{
    /// <summary>What is there at any length: packed weights, buffers of one chunk of rows, the runtime.</summary>
    private const long Fixed = 64 << 20;

    /// <summary>About what the encoder reaches of the measured peak: enough for a rough word; the first layers then tell better.</summary>
    private const double ShareOfPeak = 0.6;

    /// <summary>About how long the reading takes.</summary>
    /// <param name="peakOperations">What the machine does at most in a second, as <see cref="MachineSpeed.MeasurePeak"/> gives it.</param>
    public TimeSpan Time(double peakOperations) => TimeSpan.FromSeconds(Operations / (ShareOfPeak * peakOperations));

    /// <summary>The work for an input of so many tokens.</summary>
    /// <param name="config">The model.</param>
    /// <param name="tokens">Tokens of the input.</param>
    /// <param name="beams">Sequences that the decoder keeps.</param>
    /// <param name="newTokens">Tokens that it may write.</param>
    public static WorkEstimate For(LongT5Config config, int tokens, int beams = 1, int newTokens = 0)
    {
        double length = tokens, width = config.DModel, inner = config.InnerWidth;
        // States and their normed copy, keys and values of a layer; keys and values of every decoder layer stay.
        var reading = length * (2 * width + 4 * inner);
        var writing = length * (width + 2 * inner * config.NumDecoderLayers)
            + (double)beams * newTokens * 2 * inner * config.NumDecoderLayers + (double)beams * config.VocabSize * 4;
        return new(tokens, ModelWork.Encode(config, tokens) + ModelWork.CrossMemory(config, tokens), Fixed + (long)(sizeof(float) * Math.Max(reading, writing)));
    }

    /// <summary>The longest input that fits into so much memory.</summary>
    /// <returns>0 where not even one token fits.</returns>
    public static int Longest(LongT5Config config, long bytes, int beams = 1, int newTokens = 0)
    {
        int fits = 0, over = int.MaxValue;
        while (over - fits > 1)
        {
            var middle = fits + (over - fits) / 2;
            if (For(config, middle, beams, newTokens).Bytes <= bytes)
                fits = middle;
            else
                over = middle;
        }
        return fits;
    }
}
