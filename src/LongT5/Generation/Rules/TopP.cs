namespace LongT5.Generation.Rules;

/// <summary>Keeps the best tokens that together reach a probability (Holtzman et al. 2020, nucleus sampling).</summary>
sealed class TopP(double mass, int atLeast) : LogitRule
{
    private readonly Ranking _ranking = new();
    private float[] _kept = [];

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (_kept.Length != scores.Length)
            _kept = new float[scores.Length];
        Array.Fill(_kept, float.NegativeInfinity);
        var (best, sum) = LogSoftmax.SumOfExponentials(scores);
        _ranking.Fill(scores);
        double before = 0;
        for (var rank = 0; (before < mass * sum || rank < atLeast) && _ranking.TryNext(out var token); rank++)
        {
            _kept[token] = scores[token];
            before += MathF.Exp(scores[token] - best);
        }
        _kept.CopyTo(scores);
    }
}
