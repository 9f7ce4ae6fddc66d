using System.Numerics.Tensors;

namespace LongT5.Generation.Rules;

/// <summary>Keeps tokens at least <paramref name="ratio"/> times as likely as the best (Nguyen et al. 2024).</summary>
sealed class MinP(double ratio, int atLeast) : LogitRule
{
    private readonly Top _top = new(atLeast);

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        var best = TensorPrimitives.Max<float>(scores);
        var worst = Math.Min(_top.Threshold(scores), best + (float)Math.Log(ratio));
        foreach (ref var score in scores)
            if (score < worst)
                score = float.NegativeInfinity;
    }
}
