namespace LongT5.Documents.Pdf;

/// <summary>Letters as people write them, from the shapes and pieces that fonts draw them with.</summary>
static class Spelling
{
    /// <summary>
    /// Arabic letters and in how many shapes, in the order of their presentation forms from U+FE80 on.
    /// </summary>
    private const string ArabicShapes =
        "ء1آ2أ2ؤ2إ2ئ4ا2ب4ة2ت4ث4ج4ح4خ4د2ذ2ر2ز2س4ش4ص4ض4ط4ظ4ع4غ4ف4ق4ك4ل4م4ن4ه4و2ى2ي4";

    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];

    private static readonly string[] LamAlef = ["لآ", "لآ", "لأ", "لأ", "لإ", "لإ", "لا", "لا"];

    private static readonly string Arabic = string.Concat(
        Enumerable.Range(0, ArabicShapes.Length / 2)
            .Select(i => new string(ArabicShapes[2 * i], ArabicShapes[2 * i + 1] - '0')));

    /// <summary>
    /// Accents that some fonts draw as a glyph of their own: spacing form, combining form, and what they make.
    /// </summary>
    private static readonly (string Spacing, char Combining, string Pairs)[] Accents =
    [
        ("´ˊ", '\u0301', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýcćCĆnńNŃsśSŚzźZŹlĺLĹrŕRŔıí"),
        ("`ˋ", '\u0300', "AÀEÈIÌOÒUÙaàeèiìoòuùıì"),
        ("¨", '\u0308', "AÄEËIÏOÖUÜYŸaäeëiïoöuüyÿıï"),
        ("^ˆ", '\u0302', "AÂEÊIÎOÔUÛaâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷıî"),
        ("~˜", '\u0303', "AÃNÑOÕaãnñoõiĩIĨuũUŨıĩ"),
        ("¸", '\u0327', "CÇcçSŞsşTŢtţ"),
        ("ˇ", '\u030C', "CČcčDĎEĚeěNŇnňRŘrřSŠsšTŤZŽzžgǧGǦ"),
        ("˘", '\u0306', "AĂaăGĞgğIĬiĭUŬuŭ"),
        ("˚", '\u030A', "AÅaåUŮuů"),
        ("¯ˉ", '\u0304', "AĀaāEĒeēIĪiīOŌoōUŪuū"),
        ("˙", '\u0307', "ZŻzżEĖeėIİCĊcċGĠgġ"),
        ("˝", '\u030B', "OŐoőUŰuű"),
    ];

    /// <summary>
    /// Ligatures and presentation forms as their letters; blanks of all widths as a blank; nothing for invisible marks.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Length == 1 && text[0] is > ' ' and < '\u007F') return text;
        return string.Concat(text.Select(Letter));
    }

    private static string Letter(char c) => c switch
    {
        >= '\uFB00' and <= '\uFB06' => Ligatures[c - '\uFB00'],
        >= '\uFE80' and <= '\uFEF4' => Arabic[c - '\uFE80'].ToString(),
        >= '\uFEF5' and <= '\uFEFC' => LamAlef[c - '\uFEF5'],
        '\u00A0' or '\t' or '\r' or '\n' or >= '\u2000' and <= '\u200A' or '\u202F' or '\u205F' or '\u3000' => " ",
        // TeX's bitmap fonts name their letters by code alone: what would be control characters are ligatures and
        // dashes.
        >= '\u000B' and <= '\u000F' when c != '\r' => Ligatures[c - '\u000B'],
        >= '\u001B' and <= '\u001F' => Ligatures[c - '\u001B'],
        '\u0010' or '\u0011' => "\"",
        '\u0015' => "–",
        '\u0016' => "—",
        '\u200B' or '\u2060' or '\uFEFF' or >= '\u200E' and <= '\u200F' or >= '\u202A' and <= '\u202E' => "",
        _ => c.ToString(),
    };

    /// <summary>An accent that stands over its letter as a glyph of its own.</summary>
    public static bool IsAccent(string text)
        => text.Length == 1 && text[0] is not (< '^' or '_' or (> '`' and < '~'))
            && Accents.Any(a => a.Spacing.Contains(text[0]));

    /// <summary>The letter with the accent.</summary>
    public static string Accented(string letter, string accent)
    {
        var (_, combining, pairs) = Accents.First(a => a.Spacing.Contains(accent[0]));
        for (var i = 0; i < pairs.Length; i += 2)
            if (letter.Length == 1 && pairs[i] == letter[0])
                return pairs[i + 1].ToString();
        return letter + combining;
    }
}
