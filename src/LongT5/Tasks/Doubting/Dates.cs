using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LongT5.Tasks.Doubting;

/// <summary>A date, or as much of one as is said.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 31; null where only the month is said.</param>
/// <param name="Year">Null where it is not said.</param>
readonly record struct Date(int Start, int End, int Month, int? Day, int? Year)
{
    /// <summary>Whether the other date may be this one: it has the month, the day, and no other year.</summary>
    public bool IsIn(Date other)
        => Month == other.Month && (Day is null || Day == other.Day)
            && (Year is null || other.Year is null || Year % 100 == other.Year % 100);
}

/// <summary>Finds the dates of a text: "12 March 1998", "March 12-15", "1998-03-12", "12/3/98".</summary>
static partial class Dates
{
    private static readonly FrozenDictionary<string, int> Months
        = "january february march april may june july august september october november december"
            .Split(' ').SelectMany((name, i) => new[] { (name, i + 1), (name[..3], i + 1) }).Append(("sept", 9))
            .DistinctBy(one => one.Item1).ToFrozenDictionary(one => one.Item1, one => one.Item2);

    /// <summary>The dates, in order; those in digits alone once as day and month and once as month and day.</summary>
    public static List<Date> Of(string text, List<Word> words)
    {
        var found = new List<Date>();
        for (var w = 0; w < words.Count; w++)
            if (words[w].IsCapital && Months.TryGetValue(words[w].Folded, out var month))
                Named(text, words, w, month, found);
        foreach (Match match in InDigits().Matches(text))
        {
            var (first, second, third) = (Number(match, 1), Number(match, 3), Number(match, 4));
            if (match.Groups[1].Length == 4) Add(second, third, first);
            else if (match.Groups[4].Length is 4 or 2)
            {
                Add(second, first, third);
                if (first != second) Add(first, second, third);
            }

            void Add(int month, int day, int year)
            {
                if (month is > 0 and <= 12 && day is > 0 and <= 31)
                    found.Add(new(match.Index, match.Index + match.Length, month, day, year));
            }
        }
        return found;
    }

    // A month by its name, with the days and the year that stand beside it.
    private static void Named(string text, List<Word> words, int at, int month, List<Date> found)
    {
        var (first, last, days) = (at, at, new List<int>());
        if (Left(at) is { } day)
        {
            days.Add(day);
            if (Left(first, "-\u2013&") is { } from && from < day) days.Add(from);
        }
        else
            while (last + 1 < words.Count && Day(words[last + 1]) is { } behind
                && Between(last).Trim(days.Count == 0 ? " ." : " -\u2013&and") is "")
            {
                days.Add(behind);
                last++;
            }
        int? year = null;
        if (last + 1 < words.Count && Between(last).Trim(" ,.") is "" or "of" && Year(words[last + 1]) is { } said)
            (year, last) = (said, last + 1);
        // "May" and "March" are words too.
        if (days.Count == 0 && year is null && (words[at].Opens || words[at].Folded.Length == 3)) return;
        foreach (var one in days.Count == 0 ? [null] : days.Select(day => (int?)day))
            found.Add(new(words[first].Start, words[last].End, month, one, year));

        int? Left(int from, string joint = "")
        {
            var before = from - 1;
            if (before >= 0 && words[before].Folded is "of" or "and") before--;
            if (before < 0 || Day(words[before]) is not { } number
                || text.AsSpan(words[before].End..words[from].Start).Trim(" ." + joint) is not ("" or "of" or "and"))
                return null;
            first = before;
            return number;
        }

        ReadOnlySpan<char> Between(int word) => text.AsSpan(words[word].End..words[word + 1].Start);
    }

    private static int? Day(Word word)
    {
        var digits = word.Folded.AsSpan().TrimEnd("stndrh");
        return digits.Length is 1 or 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture,
            out var day) && day is > 0 and <= 31 ? day : null;
    }

    private static int? Year(Word word)
        => word.Folded.Length is 4 && int.TryParse(word.Folded, NumberStyles.None, CultureInfo.InvariantCulture,
            out var year) && year is > 1000 and < 3000 ? year : null;

    private static int Number(Match match, int group)
        => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![\w.,/-])([0-9]{4}|[0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![\w/-]|[.,]\d)",
        RegexOptions.CultureInvariant)]
    private static partial Regex InDigits();
}
