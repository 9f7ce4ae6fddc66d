// Shapes: S sentences of the source, H heads.

using System.Numerics.Tensors;
using LongT5.Model;

namespace LongT5.Tasks;

/// <summary>
/// Makes one row of the attention of all heads: a head counts as far as what it looked at shared words with what was
/// written, over all sentences so far.
/// </summary>
/// <remarks>
/// Some heads look for what comes next in the source, others at punctuation or at the same places always, and which do
/// what differs from model to model. Measured in <c>docs/decisions/evidence.md</c>.
/// </remarks>
sealed class HeadTrust(LongT5Config config)
{
    // What a head counts of which nothing is known.
    private const double Least = 0.02;

    private readonly double[] _agreement = new double[config.NumDecoderLayers * config.NumHeads];
    private int _sentences;

    /// <summary>[S]: the share of each sentence in the attention of heads, from 0 to how far they are trusted.
    /// </summary>
    /// <param name="probe">Where one sentence looked.</param>
    /// <param name="tokens">How many tokens it has.</param>
    /// <param name="shares">[S]: how many of its words each sentence of the source has.</param>
    public double[] Row(CrossAttentionProbe probe, int tokens, double[] shares)
    {
        _sentences++;
        for (var i = 0; i < _agreement.Length; i++)
            _agreement[i] += Math.Pow(Math.Max(0, Correlation(Sums(probe, i), shares)), 2);
        var trust = _agreement.Select(sum => (sum / _sentences + Least) / (1 + Least)).ToArray();
        var row = new double[probe.Stretches];
        for (var i = 0; i < trust.Length; i++)
        {
            var sums = Sums(probe, i);
            for (var s = 0; s < row.Length; s++) row[s] += trust[i] * sums[s];
        }
        var scale = trust.Max() / (trust.Sum() * tokens);
        for (var s = 0; s < row.Length; s++) row[s] *= scale;
        return row;
    }

    private ReadOnlySpan<float> Sums(CrossAttentionProbe probe, int i)
        => probe.Sums(i / config.NumHeads, i % config.NumHeads);

    private static double Correlation(ReadOnlySpan<float> a, double[] b)
    {
        var (meanA, meanB) = (TensorPrimitives.Average(a), b.Average());
        double product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i] - meanA, b[i] - meanB);
            (product, squareA, squareB) = (product + x * y, squareA + x * x, squareB + y * y);
        }
        return squareA > 0 && squareB > 0 ? product / Math.Sqrt(squareA * squareB) : 0;
    }
}
