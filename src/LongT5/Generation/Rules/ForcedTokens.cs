namespace LongT5.Generation.Rules;

/// <summary>Allows nothing but <paramref name="tokens"/> after exactly <paramref name="length"/> tokens.</summary>
sealed class ForcedTokens(int length, int[] tokens) : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (ids.Length != length)
            return;
        scores.Fill(float.NegativeInfinity);
        foreach (var token in tokens)
            scores[token] = 0;
    }
}
