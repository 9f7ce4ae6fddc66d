namespace LongT5.Machine;

/// <summary>What reading one input will take, reckoned from the shapes.</summary>
/// <param name="Tokens">Tokens of the input.</param>
/// <param name="Operations">Floating-point operations of the encoder and of the decoder's view of the input.</param>
/// <param name="Bytes">Memory beside the weights, at its peak.</param>
public readonly record struct WorkEstimate(int Tokens, double Operations, long Bytes)
{
    /// <summary>
    /// What a process holds at any length: the runtime, packed weights, buffers that wait for the next call.
    /// </summary>
    internal const long OfProcess = 64 << 20;

    /// <summary>Rows that go through a layer together.</summary>
    private const int ChunkRows = 2048;

    /// <summary>Rows of the decoder's buffers, and of a piece of its past.</summary>
    private const int DecoderRows = 64;

    /// <summary>
    /// About what the encoder reaches of the measured peak: enough for a rough word; the first layers then tell better.
    /// </summary>
    private const double ShareOfPeak = 0.6;

    /// <summary>About how long the reading takes.</summary>
    /// <param name="peakOperations">What the machine does at most in a second, as
    /// <see cref="MachineSpeed.MeasurePeak"/> gives it.</param>
    public TimeSpan Time(double peakOperations) => TimeSpan.FromSeconds(Operations / (ShareOfPeak * peakOperations));

    /// <summary>The work for an input of so many tokens.</summary>
    /// <param name="config">The model.</param>
    /// <param name="tokens">Tokens of the input.</param>
    /// <param name="beams">Sequences that the decoder keeps; they are reckoned
    /// as if they had no past in common.</param>
    /// <param name="newTokens">Tokens that it may write.</param>
    /// <param name="crossType">How keys and values of cross attention are kept.</param>
    public static WorkEstimate For(
        LongT5Config config, int tokens, int beams = 1, int newTokens = 0, ElementType crossType = ElementType.F32)
    {
        ArgumentNullException.ThrowIfNull(config);
        var floats = Math.Max(Reading(config, tokens), Writing(config, tokens, beams, newTokens, crossType));
        return new(tokens, ModelWork.Encode(config, tokens) + ModelWork.CrossMemory(config, tokens),
            OfProcess + (long)(sizeof(float) * (floats + 4.0 * beams * config.VocabSize)));
    }

    /// <summary>The longest input that fits into so much memory.</summary>
    /// <returns>0 where not even one token fits.</returns>
    public static int Longest(LongT5Config config, long bytes, int beams = 1, int newTokens = 0,
        ElementType crossType = ElementType.F32)
    {
        int fits = 0, over = int.MaxValue;
        while (over - fits > 1)
        {
            var middle = fits + (over - fits) / 2;
            if (For(config, middle, beams, newTokens, crossType).Bytes <= bytes)
                fits = middle;
            else
                over = middle;
        }
        return fits;
    }

    /// <summary>
    /// Floats of the encoder at its peak: states, queries, packed keys and values of all
    /// tokens, and what one chunk of rows takes.
    /// </summary>
    private static double Reading(LongT5Config config, double tokens)
    {
        double width = config.DModel, inner = config.InnerWidth, globals = config.GlobalTokens((int)tokens);
        var chunk = Math.Min(tokens, ChunkRows);
        var biases = 2 * config.NumHeads * (Math.Min(config.AttentionRadius, tokens) + globals);
        var extensions = config.Extensions;
        var more = (extensions.IsReversible ? width : 0) + (extensions.Convolution is null ? 0 : width)
            + (extensions.Kernelized is null ? 0 : FarAtOnce(config) * (config.DKv + 1) + config.NumHeads);
        return tokens * (width + 3 * inner + more) + globals * (width + 2 * inner) + biases
            + chunk * (2 * width + (config.IsGatedAct ? 2 : 1) * config.DFf) + 2 * Math.Max(chunk, globals) * inner;
    }

    /// <summary>Heads of kernelized attention whose far sums are kept at once: one a processor.</summary>
    private static double FarAtOnce(LongT5Config config) => Math.Min(Environment.ProcessorCount, config.NumHeads);

    /// <summary>
    /// Floats of the decoder at its peak: keys and values of every layer, and either the
    /// states they are made of or what is written.
    /// </summary>
    private static double Writing(LongT5Config config, double tokens, double beams, double newTokens,
        ElementType crossType)
    {
        double width = config.DModel, inner = config.InnerWidth, layers = config.NumDecoderLayers;
        tokens = Math.Ceiling(tokens / config.Extensions.PoolingStride);
        var memory = 2 * layers * inner * tokens * crossType.Size() / sizeof(float);
        var states = tokens * width + 2 * Math.Min(tokens, ChunkRows) * inner;
        var past = Math.Ceiling(beams * newTokens / DecoderRows) * DecoderRows * 2 * layers * inner;
        var rows = DecoderRows * (5 * width + 4 * inner + (config.IsGatedAct ? 2 : 1) * config.DFf)
            + 2 * beams * config.NumHeads * newTokens;
        return memory + Math.Max(states, past + rows);
    }
}
