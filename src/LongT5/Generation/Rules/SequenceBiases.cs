namespace LongT5.Generation.Rules;

/// <summary>Adds a bias to the last token of a run wherever the others stand before it.</summary>
sealed class SequenceBiases(IReadOnlyList<SequenceBias> biases) : LogitRule
{
    /// <summary>Forbids runs of tokens; an end token alone is never forbidden.</summary>
    public static SequenceBiases Forbidding(IReadOnlyList<int[]> words, int[] ends)
        => new([.. words.Where(word => word is not [var only] || !ends.Contains(only))
            .Select(word => new SequenceBias(word, double.NegativeInfinity))]);

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        foreach (var (tokens, bias) in biases)
            if (tokens.Length <= ids.Length && ids.EndsWith(tokens.AsSpan(..^1)) || tokens.Length == 1)
                scores[tokens[^1]] += (float)bias;
    }
}
