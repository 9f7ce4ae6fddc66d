using System.Globalization;

namespace LongT5.Documents.Pdf;

/// <summary>What a letter's script asks of those who join lines.</summary>
static class Script
{
    /// <summary>
    /// Between these two letters a line's end is no blank: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
    /// </summary>
    public static bool HasNoBlanks(char left, char right) => HasNoBlanks(left) && HasNoBlanks(right);

    private static bool HasNoBlanks(char c) => c is
        >= '\u0E00' and <= '\u0EFF' or >= '\u1000' and <= '\u109F' or >= '\u1780' and <= '\u17FF' or
        >= '\u2E80' and <= '\u312F' or >= '\u31A0' and <= '\u9FFF' or >= '\uF900' and <= '\uFAFF' or
        >= '\uFE30' and <= '\uFE4F' or >= '\uFF00' and <= '\uFF9F' or >= '\uD840' and <= '\uDFFF';

    public static bool IsRightToLeft(char c) => c is
        >= '\u0590' and <= '\u08FF' or >= '\uFB1D' and <= '\uFDFF' or >= '\uFE70' and <= '\uFEFE';

    /// <summary>It ends a sentence, or closes a quotation or bracket that one ended in.</summary>
    public static bool EndsSentence(string text)
    {
        var at = text.Length - 1;
        while (at > 0 && (text[at] is '"' or '\'' or '”' or '’' or '»' or ')' or ']' or '」' or '』'
            || char.IsWhiteSpace(text[at])))
            at--;
        return at >= 0 && text[at] is '.' or '!' or '?' or '…' or ':' or '。' or '！' or '？' or '؟' or '۔' or '।' or ';'
            && text.Length > 0;
    }

    public static bool IsHyphen(char c) => c is '-' or '\u00AD' or '\u2010' or '\u2011';

    /// <summary>
    /// A glyph without a known meaning: a private code, a control character, the sign for what cannot be decoded.
    /// </summary>
    public static bool IsUnmapped(string text)
        => text.Length == 0 || text.Any(c => c is '\uFFFD' or >= '\uE000' and <= '\uF8FF' || c < ' '
            && !char.IsWhiteSpace(c))
            || char.GetUnicodeCategory(text, 0) == UnicodeCategory.OtherNotAssigned;
}
