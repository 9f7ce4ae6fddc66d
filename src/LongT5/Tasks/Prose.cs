using System.Text;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>Whether there is something in a text that a summary could say.</summary>
static class Prose
{
    // Reports, novels, articles, specifications and minutes have 0.6 to 1; captions, lists of words, contents and code
    // 0 to 0.2.
    private const double LeastShare = 0.25;

    /// <summary>Whether a text has a word: letters, other than of page numbers.</summary>
    public static bool HasWords(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
            if (HasLetter(line) && !IsPageNumber(line))
                return true;
        return false;
    }

    /// <summary>What to warn of, in one sentence, or null.</summary>
    public static string? Problem(string text)
    {
        var (all, inSentences) = (0, 0);
        foreach (var range in Sentences.Split(text))
        {
            var piece = text.AsSpan()[range];
            var letters = Letters(piece);
            all += letters;
            if (Sentences.IsWhole(piece)) inSentences += letters;
        }
        return all > 0 && inSentences < LeastShare * all
            ? $"{(inSentences == 0 ? "no" : "hardly any")} sentences are in this text (captions, a list, a table, "
                + $"code?): what is made of it may mean nothing."
            : null;
    }

    private static bool HasLetter(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsLetter(rune))
                return true;
        return false;
    }

    private static int Letters(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsLetter(rune)) count++;
        return count;
    }

    // "Page 3 of 12", "- p. 7 -", "IV".
    private static bool IsPageNumber(ReadOnlySpan<char> line)
    {
        var words = 0;
        foreach (var range in line.SplitAny(" \t.,:-\u2013\u2014/|()[]"))
        {
            var word = line[range];
            if (!HasLetter(word)) continue;
            words++;
            if (!(word.Equals("page", StringComparison.OrdinalIgnoreCase)
                || word.Equals("p", StringComparison.OrdinalIgnoreCase)
                || word.Equals("of", StringComparison.OrdinalIgnoreCase) || word.Trim("ivxlcIVXLC").IsEmpty))
                return false;
        }
        return words > 0 && (line.IndexOfAnyInRange('0', '9') >= 0 || words == 1 && line.Trim().Length < 8);
    }
}
