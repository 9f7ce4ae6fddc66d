using System.Buffers;
using System.Globalization;

namespace LongT5.Tasks.Doubting;

/// <summary>A word of a text: letters, digits, and the apostrophes within.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Folded">Its spelling, folded.</param>
/// <param name="IsCapital">Whether it begins with a capital letter.</param>
/// <param name="Opens">Whether it would have one for its place: it is the first, or follows a colon or a quote.</param>
readonly record struct Word(int Start, int End, string Folded, bool IsCapital, bool Opens)
{
    private static readonly SearchValues<char> Openers = SearchValues.Create(":!?\"\u201c\u2018\u00ab\n\u2022");

    /// <summary>Whether it is written in digits, or begins with one.</summary>
    public bool IsNumber => char.IsDigit(Folded[0]);

    /// <summary>Whether a script writes words without a space between them.</summary>
    public static bool IsUnspaced(char sign)
        => sign is >= '\u0e00' and <= '\u0eff' or >= '\u1000' and <= '\u109f' or >= '\u1780' and <= '\u17ff'
            or >= '\u3040' and <= '\u9fff' or >= '\uf900' and <= '\ufaff' || char.IsSurrogate(sign);

    /// <summary>The words of a text; of scripts that put no space between them, every two signs.</summary>
    public static List<Word> Of(ReadOnlySpan<char> text)
    {
        var words = new List<Word>();
        var gap = 0;
        for (var at = 0; at < text.Length;)
        {
            var end = EndAt(text, at);
            if (end == at)
            {
                at++;
                continue;
            }
            if (IsUnspaced(text[at]))
                for (var i = at; i < Math.Max(at + 1, end - 1); i++)
                    words.Add(new(i, Math.Min(i + 2, end), text[i..Math.Min(i + 2, end)].ToString(), false, false));
            else if (Folding.Of(text[at..end]) is { Length: > 0 } folded)
                words.Add(new(at, end, folded, IsUpper(text[at]), words.Count == 0
                    || text[gap..at].ContainsAny(Openers)));
            at = gap = end;
        }
        return words;
    }

    private static int EndAt(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        if (!IsInWord(text[at])) return at;
        if (IsUnspaced(text[at]))
        {
            while (end < text.Length && IsUnspaced(text[end]) && IsInWord(text[end])) end++;
            return end;
        }
        while (end < text.Length && (IsInWord(text[end]) && !IsUnspaced(text[end]) || text[end] == '\u00ad'
            || text[end] is '\'' or '\u2019' && end + 1 < text.Length && char.IsLetter(text[end + 1]))) end++;
        return end;
    }

    private static bool IsUpper(char sign)
        => char.GetUnicodeCategory(sign) is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool IsInWord(char sign)
        => char.IsLetterOrDigit(sign) || char.IsSurrogate(sign) || char.GetUnicodeCategory(sign) is
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
