namespace LongT5.Documents;

/// <summary>What stands before the first element of a file in angle brackets.</summary>
static class XmlProlog
{
    /// <summary>The name of the first element, or "" where the text does not begin with one.</summary>
    /// <param name="text">The beginning of the file.</param>
    /// <param name="isXml">Whether it says that it is XML.</param>
    public static string Root(string text, out bool isXml)
    {
        isXml = false;
        var at = 0;
        while (true)
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == '\uFEFF')) at++;
            var rest = text.AsSpan(at);
            if (rest.StartsWith("<?"))
            {
                isXml |= rest.StartsWith("<?xml");
                at = After(text, at, "?>");
            }
            else if (rest.StartsWith("<!--"))
                at = After(text, at, "-->");
            else if (rest.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase))
                at = AfterDoctype(text, at);
            else
                return Name(rest);
        }
    }

    /// <summary>Where a document type ends, its own declarations in square brackets included.</summary>
    public static int AfterDoctype(string text, int at)
    {
        var subset = text.IndexOf('[', at);
        var end = text.IndexOf('>', at);
        return subset >= 0 && subset < end ? After(text, After(text, subset, "]"), ">") : After(text, at, ">");
    }

    private static int After(string text, int at, string mark)
        => text.IndexOf(mark, at, StringComparison.Ordinal) is >= 0 and var found ? found + mark.Length : text.Length;

    private static string Name(ReadOnlySpan<char> rest)
    {
        if (rest is not ['<', var first, ..] || !char.IsAsciiLetter(first)) return "";
        var end = rest[1..].IndexOfAnyExcept(NameCharacters);
        var name = end < 0 ? rest[1..] : rest[1..(end + 1)];
        return name[(name.IndexOf(':') + 1)..].ToString();
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:");
}
