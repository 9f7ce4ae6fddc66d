namespace LongT5.Formats;

/// <summary>Names in a sentence: the first few, and how many others there are.</summary>
static class Listing
{
    private const int Named = 3;

    /// <summary>Such as <c>a; b; c; and 77 others</c>.</summary>
    public static string Few(IReadOnlyList<string> names)
        => string.Join("; ", names.Take(Named)) + (names.Count > Named ? $"; and {names.Count - Named} others" : "");
}
