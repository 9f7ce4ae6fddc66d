namespace LongT5.Generation.Rules;

/// <summary>Makes tokens that stand in the output less likely, each once (Keskar et al. 2019, CTRL).</summary>
sealed class RepetitionPenalty(double penalty, int vocabulary) : LogitRule
{
    private readonly float _penalty = (float)penalty;

    /// <summary>Per token, the last call that has penalized it.</summary>
    private readonly int[] _seen = new int[vocabulary];

    private int _call;

    public static float Penalize(float score, float penalty) => score < 0 ? score * penalty : score / penalty;

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        _call++;
        foreach (var token in ids)
        {
            if (_seen[token] == _call)
                continue;
            _seen[token] = _call;
            scores[token] = Penalize(scores[token], _penalty);
        }
    }
}
