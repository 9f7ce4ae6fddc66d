namespace LongT5.Generation.Rules;

/// <summary>Keeps the <paramref name="count"/> best, and what equals the last of them.</summary>
sealed class TopK(int count) : LogitRule
{
    private readonly Top _top = new(count);

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        var worst = _top.Threshold(scores);
        foreach (ref var score in scores)
            if (score < worst)
                score = float.NegativeInfinity;
    }
}
