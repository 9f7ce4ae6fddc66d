namespace LongT5.Generation;

/// <summary>Generates on the inputs of one session, to the end.</summary>
static class Generator
{
    /// <summary>Generates the sequences of each input.</summary>
    /// <param name="session">A fresh session over the encoded inputs.</param>
    /// <param name="inputs">The tokens of each input, as they were encoded; rules that look at it need them.</param>
    /// <param name="options">What to do; see <see cref="GenerationOptions.Resolve"/>.</param>
    /// <param name="decode">The text of a run of tokens; needed for stop strings alone.</param>
    /// <param name="listener">Hears of every step of every input.</param>
    /// <param name="quotations">For each input the sentences that alone may be written; null for anything.</param>
    /// <param name="cancellation">Honoured within one step.</param>
    /// <returns>The sequences of the first input, best first, then those of the second, and so on.</returns>
    /// <exception cref="ArgumentException">The options do not fit together, or not to the model.</exception>
    /// <exception cref="ArithmeticException">The model gives scores that are not numbers.</exception>
    public static IReadOnlyList<Generated> Run(
        DecoderSession session, IReadOnlyList<int[]> inputs, GenerationOptions options,
        Func<ReadOnlySpan<int>, string>? decode = null, GenerationListener? listener = null,
        IReadOnlyList<Quotations?>? quotations = null, CancellationToken cancellation = default)
    {
        var decoding = new Decoding(session, inputs, options, decode, listener, quotations);
        while (!decoding.IsDone)
            Decoding.Step([decoding], cancellation);
        return decoding.Results();
    }
}
