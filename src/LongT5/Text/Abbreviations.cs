using System.Buffers;

namespace LongT5.Text;

/// <summary>Full stops that end no sentence: behind titles, initials, abbreviations, and numbers that count.</summary>
static class Abbreviations
{
    // A word in front of a full stop is looked at over so many characters; no abbreviation is longer.
    private const int Longest = 12;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly SearchValues<char> Roman = SearchValues.Create("IVXLC");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NeverLast = Words(
        "Mr Mrs Ms Messrs Dr Prof Rev Hon Gen Col Maj Capt Cmdr Lt Sgt Cpl Pvt Gov Sen Rep Pres St Mt Ft Mme Mlle v "
            + "vs cf e.g E.g i.e I.e viz ca approx " +
        "resp P.S Fig Figs fig figs Eq Eqs eq eqs Ref Refs ref refs Sec sec Ch ch Vol vol vols pp p pt Art art ed "
            + "eds trans al Supp");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NotBeforeNumbers = Words(
        "No Nos no nos para paras c Id Cong Doc n Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> SeldomLast = Words(
        "Inc Ltd Co Corp Jr Sr Ave Blvd Rd Univ Dept Assoc Bros etc");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Openers = Words(
        "A After All Also Although An And Another Any As At Because Before Both But By Despite During Each Even "
            + "Every Finally First For From He Hence Her " +
        "Here His How However I If In Indeed Instead It Its Later Like Likewise Many Moreover Most My Nevertheless "
            + "Next No Nor Not Now Often On Once One " +
        "Only Or Our Over Perhaps Rather Second See She Similarly Since So Some Sometimes Soon Still Such Than That "
            + "The Their Then There Therefore These " +
        "They This Those Though Thus To Today Two Under Unlike Until We What When Where Whether Which While Who Why "
            + "With Within Without Yet You Your");

    /// <summary>Whether more of the sentence follows the full stop at <paramref name="at"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the sentence began.</param>
    /// <param name="at">Where the full stop is.</param>
    /// <param name="behind">What follows it, from the first character that is no space.</param>
    public static bool Continue(string text, int start, int at, ReadOnlySpan<char> behind)
    {
        var from = at;
        while (from > start && at - from < Longest
            && (char.IsLetterOrDigit(text[from - 1]) || text[from - 1] is '.' or '\\')) from--;
        var word = text.AsSpan(from, at - from);
        if (word.IsEmpty) return false;
        var next = behind.TrimStart("\"'\u201c\u2018\u00ab([_*");
        if (NeverLast.Contains(word)) return true;
        if (NotBeforeNumbers.Contains(word) && next is [>= '0' and <= '9', ..]) return true;
        if (Counts(word)) return IsFirst(text.AsSpan(start, from - start)) || word is [>= 'A' and <= 'Z']
            && !StartsWithOpener(next);
        var dotted = word.Length > 1 && word[^2] == '.';
        if (dotted && next is [var sign, ..] && !char.IsLetter(sign)) return true;
        var initials = dotted && char.IsUpper(word[^1]);
        if (word is "etc") return behind is ['(', ..];
        return (initials || SeldomLast.Contains(word)) && !StartsWithOpener(next);
    }

    // Nothing stands before it in its sentence, or on its line.
    private static bool IsFirst(ReadOnlySpan<char> before) => before[(before.LastIndexOf('\n') + 1)..].IsWhiteSpace();

    // "3", "2.1", "8\" as Markdown writes it, "IV", "b".
    private static bool Counts(ReadOnlySpan<char> word)
        => word.TrimEnd('\\').IndexOfAnyExcept(Digits) < 0 || word.IndexOfAnyExcept(Roman) < 0 || word.Length == 1
            && char.IsLetter(word[0]);

    private static bool StartsWithOpener(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < Math.Min(text.Length, Longest) && char.IsLetter(text[length])) length++;
        return Openers.Contains(text[..length]) && text[length..] is not ['.', ..];
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Words(string words)
        => words.Split(' ').ToHashSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
