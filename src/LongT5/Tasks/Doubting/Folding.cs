using System.Text;

namespace LongT5.Tasks.Doubting;

/// <summary>Spellings of one word made equal: case, accents, apostrophes, endings.</summary>
static class Folding
{
    // The letters without their accents from U+00E0 and from U+0100 on.
    private const string Latin1 = "aaaaaaaceeeeiiiidnooooo/ouuuuyty";
    private const string Extended = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
        + "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private static readonly (string Ending, string Instead)[] Endings =
        [("ies", "y"), ("ied", "y"), ("ing", ""), ("ss", "ss"), ("es", ""), ("ed", ""), ("s", ""), ("e", "")];

    /// <summary>A word in small letters without accents and without a possessive ending.</summary>
    public static string Of(ReadOnlySpan<char> word)
    {
        var folded = new StringBuilder(word.Length);
        foreach (var sign in word)
            if (char.GetUnicodeCategory(sign) is not (System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.Format))
                Append(folded, char.ToLowerInvariant(sign));
        var text = folded.ToString();
        return text.EndsWith("'s", StringComparison.Ordinal) ? text[..^2] : text.TrimEnd('\'');
    }

    /// <summary>A folded word without the commonest endings of English: what tells words apart, not a stem.</summary>
    public static string Stem(string folded)
    {
        foreach (var (ending, instead) in Endings)
            if (folded.Length > ending.Length + 2 && folded.EndsWith(ending, StringComparison.Ordinal))
                return string.Concat(folded.AsSpan(0, folded.Length - ending.Length), instead);
        return folded;
    }

    private static void Append(StringBuilder folded, char sign)
    {
        switch (sign)
        {
            case '\u2019' or '\u02bc' or '\uff07': folded.Append('\''); break;
            case '\u00e6': folded.Append("ae"); break;
            case '\u0153': folded.Append("oe"); break;
            case '\u00df': folded.Append("ss"); break;
            case >= '\u00e0' and <= '\u00ff': folded.Append(Latin1[sign - '\u00e0']); break;
            case >= '\u0100' and <= '\u017f': folded.Append(Extended[sign - '\u0100']); break;
            case >= '\uff10' and <= '\uff5a': folded.Append((char)(sign - '\uff10' + '0')); break;
            default: folded.Append(sign); break;
        }
    }
}
