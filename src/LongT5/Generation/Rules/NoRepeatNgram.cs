namespace LongT5.Generation.Rules;

/// <summary>Forbids the tokens that would complete a run of <paramref name="size"/> tokens that has occurred.</summary>
/// <param name="size">Length of the runs, the forbidden token included.</param>
/// <param name="source">Where runs must not be taken from; null: the output itself.</param>
sealed class NoRepeatNgram(int size, int[]? source) : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (ids.Length < size - 1)
            return;
        var last = ids[^(size - 1)..];
        var text = source ?? ids;
        if (last.IsEmpty)
        {
            foreach (var token in text)
                scores[token] = float.NegativeInfinity;
            return;
        }

        for (var from = 0; text[from..].IndexOf(last) is >= 0 and var at; from += at + 1)
            if (from + at + last.Length < text.Length)
                scores[text[from + at + last.Length]] = float.NegativeInfinity;
    }
}
