namespace LongT5.Generation.Rules;

/// <summary>Puts 0 for what is not a number, and the largest numbers for infinities.</summary>
sealed class RemoveInvalidValues : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        foreach (ref var score in scores)
            score = float.IsNaN(score) ? 0 : Math.Clamp(score, float.MinValue, float.MaxValue);
    }
}
