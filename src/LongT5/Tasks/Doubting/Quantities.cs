using System.Collections.Frozen;
using System.Globalization;

namespace LongT5.Tasks.Doubting;

/// <summary>Finds the numbers of a text, in digits of any script and in English words.</summary>
static class Quantities
{
    // Longer ones are identifiers; decimal has room for these with any multiplier.
    private const int MostDigits = 15;

    private static readonly FrozenSet<string> Nearly = ("about around nearly almost over approximately roughly some "
        + "approx circa ca under above below than least most to exceeding").Split(' ').ToFrozenSet();

    /// <summary>The numbers, in order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">Its words.</param>
    public static List<Quantity> Of(ReadOnlySpan<char> text, List<Word> words)
    {
        var found = new List<Quantity>();
        for (var w = 0; w < words.Count;)
        {
            var next = words[w].IsNumber ? Digits(text, words, w, found) : InWords(text, words, w, found);
            w = Math.Max(w + 1, next);
        }
        return found;
    }

    private static int InWords(ReadOnlySpan<char> text, List<Word> words, int first, List<Quantity> found)
    {
        var gaps = new bool[Math.Min(words.Count - first, 12)];
        for (var i = 0; i + 1 < gaps.Length; i++)
            gaps[i] = Gap(text, words, first + i) is " " or "-" or "\u2010" or "\n";
        var value = NumberWords.Read(words, first, at => at - first < gaps.Length && gaps[at - first], out var count);
        if (count == 0) return first + 1;
        var end = words[first + count - 1].End;
        found.Add(new(words[first].Start, end, [value], "", UnitBehind(text, end))
        {
            IsWord = true,
            IsRound = IsNear(words, first),
            IsCentury = UnitBehind(text, end) == "century",
        });
        return first + count;
    }

    private static int Digits(ReadOnlySpan<char> text, List<Word> words, int first, List<Quantity> found)
    {
        var start = words[first].Start;
        var end = EndOfDigits(text, start);
        var core = Ascii(text[start..end]);
        var last = first;
        while (last + 1 < words.Count && words[last + 1].Start < end) last++;
        var suffix = text[end..Math.Max(end, words[last].End)];
        var values = Values(core);
        var key = values.Count == 0 || core.AsSpan().Count('.') > 1 ? core : "";
        var isDecade = suffix is "s" or "'s" or "\u2019s" && values.Count > 0;
        var scale = suffix.IsEmpty ? 0 : NumberWords.Scale(suffix.ToString(), suffix);
        var unit = SignBefore(text, start) ?? (suffix.IsEmpty || isDecade ? null : Units.Of(suffix));
        if (suffix.IsEmpty && last + 1 < words.Count && Gap(text, words, last) is " " or "-" or "\u00a0" or "\u202f"
            && NumberWords.Scale(words[last + 1].Folded, Written(text, words[last + 1])) is > 0 and var behind
            && (behind >= 100 && words[last + 1].Folded.Length > 1 || SignBefore(text, start) is not null))
        {
            (scale, end) = (behind, words[++last].End);
            values = [.. values.Select(value => value * scale)];
        }
        else if (scale > 0)
            values = [.. values, .. values.Select(value => value * scale)];
        if (YearBefore(text, start) is > 0 and var century && values is [< 100 and var years] && years > century % 100)
            values = [.. values, century - century % 100 + years];
        if (suffix.IsEmpty && end < text.Length && VulgarFraction(text[end]) is { } part)
            (values, end) = ([.. values.Select(value => value + part)], end + 1);
        unit ??= UnitBehind(text, end);
        found.Add(new(start, end, values, key, unit)
        {
            IsDecade = isDecade,
            IsRound = IsNear(words, first),
            IsCentury = unit == "century" || UnitBehind(text, words[last].End) == "century",
        });
        return last + 1;
    }

    // Digits, and what parts them: "4,000", "4 000", "1.5", "12.03.1998".
    private static int EndOfDigits(ReadOnlySpan<char> text, int start)
    {
        var (end, spaces, group) = (start, 0, start);
        while (end < text.Length)
        {
            if (char.IsDigit(text[end])) end++;
            else if (end + 1 < text.Length && char.IsDigit(text[end + 1]) && text[end] is '.' or ',' or '\'' or '\u2019'
                && spaces == 0) group = ++end;
            else if (text[end] is ' ' or '\u00a0' or '\u202f' or '\u2009' && end - group <= 3
                && (spaces > 0 || group == start) && IsGroup(text[(end + 1)..]))
                (spaces, group, end) = (spaces + 1, end + 1, end + 4);
            else break;
        }
        return end;
    }

    private static bool IsGroup(ReadOnlySpan<char> text)
        => text.Length >= 3 && char.IsDigit(text[0]) && char.IsDigit(text[1]) && char.IsDigit(text[2])
            && (text.Length == 3 || !char.IsLetterOrDigit(text[3]) && text[3] is not ('.' or ',')
                || text.Length > 4 && text[3] is '.' or ',' && !char.IsDigit(text[4]));

    // What digits and separators may mean; nothing where they are no number.
    private static IReadOnlyList<decimal> Values(string core)
    {
        var parts = core.Split('.', ',', '\'', '\u2019', ' ', '\u00a0', '\u202f', '\u2009');
        if (parts.Sum(part => part.Length) > MostDigits) return [];
        if (parts.Length == 1) return [Parse(core)];
        var marks = core.Where(sign => !char.IsAsciiDigit(sign)).ToArray();
        var grouped = parts[0].Length is > 0 and <= 3 && parts[^1].Length == 3
            && parts[1..^1].All(part => part.Length is 2 or 3);
        var fraction = Parse(string.Concat(parts[..^1]) + "." + parts[^1]);
        if (parts.Length == 2)
            return marks[0] is '.' or ',' ? grouped ? [Parse(string.Concat(parts)), fraction] : [fraction]
                : [Parse(string.Concat(parts))];
        if (grouped && marks.Distinct().Count() == 1) return [Parse(string.Concat(parts))];
        return marks[^1] is '.' or ',' && marks[..^1].Distinct().Count() == 1 && marks[^1] != marks[0]
            && parts[1..^1].All(part => part.Length is 2 or 3) ? [fraction] : [];
    }

    private static decimal Parse(string digits) => decimal.Parse(digits, CultureInfo.InvariantCulture);

    private static string Ascii(ReadOnlySpan<char> text)
    {
        var written = text.ToArray();
        foreach (ref var sign in written.AsSpan())
            if (char.IsDigit(sign)) sign = (char)('0' + (int)char.GetNumericValue(sign));
        return new(written);
    }

    private static ReadOnlySpan<char> Gap(ReadOnlySpan<char> text, List<Word> words, int at)
        => at + 1 < words.Count ? text[words[at].End..Math.Max(words[at].End, words[at + 1].Start)] : "";

    private static ReadOnlySpan<char> Written(ReadOnlySpan<char> text, Word word) => text[word.Start..word.End];

    private static bool IsNear(List<Word> words, int first)
        => first > 0 && Nearly.Contains(words[first - 1].Folded);

    // "$4", "US$ 4".
    private static string? SignBefore(ReadOnlySpan<char> text, int start)
    {
        var at = start - 1;
        while (at >= 0 && text[at] is ' ' or '\u00a0') at--;
        return at < 0 || text[at] == '%' ? null : Units.SignAt(text[..(at + 1)], at, out _);
    }

    private static string? UnitBehind(ReadOnlySpan<char> text, int end)
    {
        while (end < text.Length && text[end] is ' ' or '\u00a0' or '\u202f' or '-' or '\n') end++;
        if (end == text.Length) return null;
        if (Units.SignAt(text, end, out _) is { } sign) return sign;
        var length = 0;
        while (end + length < text.Length && char.IsLetter(text[end + length])) length++;
        var word = text.Slice(end, length);
        if (word is "per" && text[end..].StartsWith("per cent")) return "percent";
        // "A" and "L" begin other words' places too: a sign of one letter only hangs on its number.
        return word.Length < 2 && word is not ("m" or "g") ? null : Units.Of(word);
    }

    // The year of "1990-95", which stands before a dash.
    private static int YearBefore(ReadOnlySpan<char> text, int start)
        => start >= 5 && text[start - 1] is '-' or '\u2013' && int.TryParse(text[(start - 5)..(start - 1)],
            NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is > 1000 and < 2200 ? year : 0;

    private static decimal? VulgarFraction(char sign)
        => sign is >= '\u00bc' and <= '\u00be' or >= '\u2150' and <= '\u215e' ? (decimal)char.GetNumericValue(sign)
            : null;
}
