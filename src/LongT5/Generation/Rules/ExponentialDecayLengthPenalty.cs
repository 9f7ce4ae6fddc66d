namespace LongT5.Generation.Rules;

/// <summary>Raises the end tokens, the more the longer the sequence.</summary>
sealed class ExponentialDecayLengthPenalty(ExponentialDecay decay, int prompt, int[] ends) : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        var past = (long)ids.Length - prompt - decay.Start;
        if (past <= 0)
            return;
        var factor = (float)(Math.Pow(decay.Factor, past) - 1);
        foreach (var end in ends)
            if (float.IsFinite(scores[end]))
                scores[end] += Math.Abs(scores[end]) * factor;
    }
}
