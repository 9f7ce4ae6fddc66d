namespace LongT5.Generation;

/// <summary>Ends a sequence in whose text one of some strings has appeared.</summary>
/// <param name="strings">The strings.</param>
/// <param name="decode">The text of a run of tokens.</param>
sealed class StopStrings(IReadOnlyList<string> strings, Func<ReadOnlySpan<int>, string> decode)
{
    /// <summary>Tokens that can hold the longest string, and those that it may begin and end within.</summary>
    private readonly int _reach = strings.Max(text => text.Length) + 2;

    /// <summary>Whether the last token completed one of the strings.</summary>
    public bool Ends(ReadOnlySpan<int> ids)
    {
        var tail = decode(ids[Math.Max(0, ids.Length - _reach)..]);
        foreach (var text in strings)
            if (tail.Contains(text, StringComparison.Ordinal))
                return true;
        return false;
    }
}
