namespace LongT5.Generation.Rules;

/// <summary>Forbids <paramref name="tokens"/>: always, or after exactly <paramref name="atLength"/> tokens.</summary>
sealed class SuppressTokens(int[] tokens, int? atLength) : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (atLength is null || ids.Length == atLength)
            foreach (var token in tokens)
                scores[token] = float.NegativeInfinity;
    }
}
