namespace LongT5.Generation.Rules;

/// <summary>Makes the input's tokens likelier: what <see cref="RepetitionPenalty"/> does, by the inverse.</summary>
sealed class EncoderRepetitionPenalty(double penalty, int[] source) : LogitRule
{
    private readonly float _penalty = (float)(1 / penalty);
    private readonly int[] _tokens = [.. source.Distinct()];

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        foreach (var token in _tokens)
            scores[token] = RepetitionPenalty.Penalize(scores[token], _penalty);
    }
}
