using System.Numerics.Tensors;
using LongT5.Kernels;

namespace LongT5.Generation.Rules;

/// <summary>Scores into log-probabilities.</summary>
static class LogSoftmax
{
    /// <summary>log sum exp; NaN if there is a NaN, an infinity above, or nothing but infinities below.</summary>
    public static float LogSumExp(ReadOnlySpan<float> scores)
    {
        var (best, sum) = SumOfExponentials(scores);
        return best + (float)Math.Log(sum);
    }

    /// <summary>In place.</summary>
    public static void Apply(Span<float> scores)
    {
        var (best, sum) = SumOfExponentials(scores);
        TensorPrimitives.Subtract(scores, best, scores);
        TensorPrimitives.Subtract(scores, (float)Math.Log(sum), scores);
    }

    /// <summary>
    /// The best score, and the sum of exp(score - best): the probability of a token is its share of that.
    /// </summary>
    public static unsafe (float Best, double Sum) SumOfExponentials(ReadOnlySpan<float> scores)
    {
        const int Piece = 512; // floats sum a piece, a double the pieces
        fixed (float* score = scores)
        {
            var best = Vectors.Max(score, scores.Length);
            double sum = 0;
            for (var from = 0; from < scores.Length; from += Piece)
                sum += Simd.Best.Exp(score + from, Math.Min(Piece, scores.Length - from), best, null);
            return (best, sum);
        }
    }
}
