namespace LongT5.Generation.Rules;

/// <summary>Forbids the end tokens until a sequence has <paramref name="length"/> tokens.</summary>
sealed class MinimumLength(int length, int[] ends) : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (ids.Length < length)
            foreach (var end in ends)
                scores[end] = float.NegativeInfinity;
    }
}
