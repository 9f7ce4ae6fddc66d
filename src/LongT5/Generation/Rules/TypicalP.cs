namespace LongT5.Generation.Rules;

/// <summary>Keeps the tokens whose information is nearest to the expected one and that together reach a probability
/// (Meister et al. 2022, locally typical sampling).</summary>
sealed class TypicalP(double mass, int atLeast) : LogitRule
{
    private readonly Ranking _ranking = new();
    private float[] _nearness = [];
    private float[] _kept = [];

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (_kept.Length != scores.Length)
            (_kept, _nearness) = (new float[scores.Length], new float[scores.Length]);
        Array.Fill(_kept, float.NegativeInfinity);
        var (best, sum) = LogSoftmax.SumOfExponentials(scores);
        var all = best + (float)Math.Log(sum);
        var entropy = (float)ProbabilityCutoff.Entropy(scores, all);
        for (var token = 0; token < scores.Length; token++)
            _nearness[token] = -Math.Abs(all - scores[token] - entropy);

        _ranking.Fill(_nearness);
        double reached = 0;
        var last = float.NegativeInfinity;
        for (var rank = 0; _ranking.TryNext(out var token); rank++)
        {
            // The one that reaches the mass stays, and what is as near as it.
            if (reached >= mass * sum && _nearness[token] < last && rank >= atLeast)
                break;
            if (reached < mass * sum)
                last = _nearness[token];
            _kept[token] = scores[token];
            reached += MathF.Exp(scores[token] - best);
        }
        _kept.CopyTo(scores);
    }
}
