using System.Globalization;

namespace LongT5.Cli.Mcp;

/// <summary>A long text as an assistant reads it: a piece at a time, each saying where the next begins.</summary>
static class TextWindow
{
    /// <summary>Most characters of a piece where nothing is said, and at most.</summary>
    public const int Usual = 20_000, Most = 100_000;

    private const int LastWords = 500;

    /// <summary>A piece of a text, and a sentence on what else there is, where there is more.</summary>
    /// <param name="text">The text.</param>
    /// <param name="offset">Where the piece begins, in UTF-16 units.</param>
    /// <param name="length">The most that it has.</param>
    /// <exception cref="Failure">The text ends before.</exception>
    public static IEnumerable<string> Of(string text, int offset, int length)
    {
        if (offset > text.Length || offset == text.Length && offset > 0)
            throw new Failure($"offset {offset} is behind the end: the text has {text.Length} characters.");
        var end = End(text, offset, length);
        yield return text[offset..end];
        if (offset > 0 || end < text.Length)
            yield return string.Create(CultureInfo.InvariantCulture,
                $"[Characters {offset} to {end} of {text.Length}. {(end < text.Length
                    ? $"To read on, ask again with offset {end}." : "This is the end.")}]");
    }

    /// <summary>The end of a paragraph near the limit, or else of a word.</summary>
    private static int End(string text, int offset, int length)
    {
        if (text.Length - offset <= length) return text.Length;
        var end = offset + length;
        var last = text.AsSpan(end - Math.Min(LastWords, length / 2), Math.Min(LastWords, length / 2));
        var cut = last.LastIndexOf('\n') is >= 0 and var line ? line : last.LastIndexOf(' ');
        if (cut >= 0) return end - last.Length + cut + 1;
        return char.IsHighSurrogate(text[end - 1]) && end - 1 > offset ? end - 1 : end;
    }
}
