namespace LongT5.Generation.Rules;

/// <summary>Makes the scores log-probabilities again, after all other rules.</summary>
sealed class Renormalize : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores) => LogSoftmax.Apply(scores);
}
