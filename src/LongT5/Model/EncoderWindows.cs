namespace LongT5.Model;

/// <summary>
/// How a long input is encoded piece by piece: in windows that overlap, so that each token sees both sides.
/// </summary>
/// <remarks>
/// Ivgi, Shaham and Berant, "Efficient Long-Text Understanding with Short-Text Models" (SLED, TACL 2023). The prefix
/// stands in front of every window, and its states are those of the first. States in the margins, which saw
/// less than the model is used to, are dropped; those of the neighbouring window stand for them.
/// </remarks>
/// <param name="Tokens">Most tokens of a window, prefix and margins among them.</param>
/// <param name="Margin">Tokens to each side whose states are not kept.</param>
/// <param name="Prefix">Tokens at the beginning that every window begins with.</param>
public sealed record EncoderWindows(int Tokens, int Margin, int Prefix = 0)
{
    /// <summary>The windows over an input.</summary>
    /// <param name="length">Tokens of the input, the prefix among them.</param>
    /// <returns>Which tokens each reads behind the prefix, and whose states are kept of them.</returns>
    /// <exception cref="ArgumentException">Prefix and margins leave no room in a window.</exception>
    public IReadOnlyList<(Range Read, Range Kept)> Over(int length)
    {
        var kept = Tokens - Prefix - 2 * Margin;
        if (Margin < 0 || Prefix < 0 || kept < 1)
            throw new ArgumentException(
                $"A window of {Tokens} tokens has no room beside a prefix of {Prefix} and two margins of {Margin}.");
        var body = length - Prefix;
        var count = body <= Tokens - Prefix ? 1 : (body + kept - 1) / kept;
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int first = Prefix + (int)((long)body * i / count), end = Prefix + (int)((long)body * (i + 1) / count);
            return (Math.Max(Prefix, first - Margin)..Math.Min(length, end + Margin), first..end);
        })];
    }
}
