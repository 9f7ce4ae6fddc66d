using System.Numerics.Tensors;

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

    /// <summary>The best score, and the sum of exp(score - best): the probability of a token is its share of that.</summary>
    public static (float Best, double Sum) SumOfExponentials(ReadOnlySpan<float> scores)
    {
        float best = TensorPrimitives.Max(scores);
        const int Piece = 512;
        Span<float> piece = stackalloc float[Piece];
        double sum = 0;
        for (int from = 0; from < scores.Length; from += Piece)
        {
            var part = piece[..Math.Min(Piece, scores.Length - from)];
            TensorPrimitives.Subtract(scores.Slice(from, part.Length), best, part);
            TensorPrimitives.Exp<float>(part, part);
            sum += TensorPrimitives.Sum<float>(part);
        }
        return (best, sum);
    }
}
