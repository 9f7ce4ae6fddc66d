namespace LongT5.Text;

/// <summary>The name that was meant by one that is not there.</summary>
static class NearestName
{
    /// <summary>
    /// The nearest of some names, by Levenshtein's distance: at most a third of its letters are otherwise.
    /// </summary>
    /// <param name="wrong">What was written.</param>
    /// <param name="names">What there is.</param>
    /// <returns>Null where nothing is near; the first of several that are equally near.</returns>
    public static string? Of(string wrong, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(wrong);
        return names.MinBy(name => Distance(wrong, name)) is { } near
            && Distance(wrong, near) is var distance && distance <= Math.Max(1, Math.Min(wrong.Length, near.Length) / 3)
            && distance < near.Length
            ? near
            : null;
    }

    /// <summary>Letters to put in, to take out or to change, whatever their case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var changed = diagonal + (char.ToLowerInvariant(one[i]) == char.ToLowerInvariant(other[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(changed, Math.Min(row[j], diagonal) + 1);
            }
        }
        return row[^1];
    }
}
