namespace LongT5.Generation.Rules;

/// <summary>Keeps tokens that are likely enough in themselves, or in proportion to how sure the model is
/// (Hewitt et al. 2022: epsilon and eta sampling).</summary>
/// <param name="cutoff">The least probability, epsilon.</param>
/// <param name="byEntropy">Whether it falls to sqrt(epsilon) exp(-entropy) where that is less.</param>
/// <param name="atLeast">Tokens that are kept in any case.</param>
sealed class ProbabilityCutoff(double cutoff, bool byEntropy, int atLeast) : LogitRule
{
    private readonly Top _top = new(atLeast);

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        var all = LogSoftmax.LogSumExp(scores);
        var least = byEntropy ? Math.Min(cutoff, Math.Sqrt(cutoff) * Math.Exp(-Entropy(scores, all))) : cutoff;
        var worst = Math.Min(_top.Threshold(scores), (float)Math.Log(least) + all);
        foreach (ref var score in scores)
            if (score < worst)
                score = float.NegativeInfinity;
    }

    /// <summary>In nats; <paramref name="all"/> is the log sum exp of the scores.</summary>
    public static double Entropy(ReadOnlySpan<float> scores, float all)
    {
        double entropy = 0;
        foreach (var score in scores)
            if (!float.IsNegativeInfinity(score))
                entropy -= (score - all) * MathF.Exp(score - all);
        return entropy;
    }
}
