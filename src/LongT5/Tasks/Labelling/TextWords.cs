using System.Text;
using System.Text.RegularExpressions;

namespace LongT5.Tasks.Labelling;

/// <summary>The words of a text, as tags are given to them: letters and digits together, other signs alone.</summary>
static partial class TextWords
{
    /// <summary>Where the words are.</summary>
    public static IReadOnlyList<(int Start, int End)> Of(string text)
        => [.. Word().Matches(text).Select(word => (word.Index, word.Index + word.Length))];

    /// <summary>Words that someone cut, as the text that they were cut from: no space before a full stop.</summary>
    /// <returns>The text, and where each word stands in it.</returns>
    public static (string Text, IReadOnlyList<(int Start, int End)> Words) Joined(IReadOnlyList<string> words)
    {
        var text = new StringBuilder();
        var places = new (int, int)[words.Count];
        var isOpen = true;
        for (var i = 0; i < places.Length; i++)
        {
            if (!isOpen && !Attached().IsMatch(words[i])) text.Append(' ');
            places[i] = (text.Length, text.Length + words[i].Length);
            text.Append(words[i]);
            isOpen = words[i] is "(" or "[" or "{" or "$" or "``" or "\u201c" or "\u00ab";
        }
        return (text.ToString(), places);
    }

    /// <summary>The token in which each word begins, or -1 for one that begins in none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Words, in order.</param>
    /// <param name="offsets">Tokens, in order; white space before a word may belong to one.</param>
    public static int[] FirstTokens(
        string text, IReadOnlyList<(int Start, int End)> words, ReadOnlySpan<(int Start, int End)> offsets)
    {
        var first = new int[words.Count];
        var token = 0;
        for (var i = 0; i < first.Length; i++)
        {
            while (token < offsets.Length && EndOf(text, offsets[token]) <= words[i].Start) token++;
            first[i] = token < offsets.Length && offsets[token].Start <= words[i].Start ? token : -1;
        }
        return first;
    }

    // A token of white space alone holds no word.
    private static int EndOf(string text, (int Start, int End) token)
        => token.End > token.Start && string.IsNullOrWhiteSpace(text[token.Start..token.End]) ? token.Start : token.End;

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}_]+|[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\s\p{L}\p{M}\p{N}_]")]
    private static partial Regex Word();

    [GeneratedRegex(@"^(?:[.,;:!?)\]}%\u2026\u201d\u00bb]+|''|'s|'S|n't|'re|'ve|'ll|'m|'d)$")]
    private static partial Regex Attached();
}
