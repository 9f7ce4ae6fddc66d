using System.Globalization;

namespace LongT5.Documents.Pdf;

/// <summary>The numbers that manuscripts and statutes print beside their lines.</summary>
static class LineNumbers
{
    private const int Fewest = 5;

    /// <summary>Where they stand on a page: beside which edge of the text, and where they end or begin.</summary>
    private readonly record struct Place(bool AtStart, double Edge);

    /// <summary>Takes them off the pages of a document; what was taken is among the stamps of its page.</summary>
    public static void Take(IReadOnlyList<PageRows> pages)
    {
        var places = new List<Place>();
        // A page of two columns has them on its left and on its right.
        foreach (var atStart in (bool[])[true, false])
        {
            foreach (var page in pages)
                if (Numbers(page.Rows, atStart, null) is { Count: > 0 } numbers)
                {
                    places.Add(new(atStart, Rows.Median(numbers.Select(word => Edge(word, atStart)))));
                    Remove(page, numbers);
                }
        }
        // A last page of few lines has too few to tell by itself: they stand where those of the other pages do.
        foreach (var place in places.DistinctBy(place => (place.AtStart, Math.Round(place.Edge / 4))))
            foreach (var page in pages)
                if (Numbers(page.Rows, place.AtStart, place.Edge) is { Count: > 0 } numbers)
                    Remove(page, numbers);
    }

    private static void Remove(PageRows page, List<Word> numbers)
    {
        var isNumber = numbers.ToHashSet(ReferenceEqualityComparer.Instance);
        for (var i = page.Rows.Count - 1; i >= 0; i--)
        {
            var rest = page.Rows[i].Words.Where(word => !isNumber.Contains(word)).ToList();
            if (rest.Count == 0) page.Rows.RemoveAt(i);
            else if (rest.Count < page.Rows[i].Words.Count) page.Rows[i] = new Line(page.Number, rest);
        }
        page.Stamps.Add(string.Join(' ', numbers.Select(word => word.Text)));
    }

    private static List<Word> Numbers(List<Line> rows, bool atStart, double? known)
    {
        var numbers = rows.Select(row => atStart ? row.Words[0] : row.Words[^1]).Where(word => Value(word) is not null)
            .ToList();
        if (numbers.Count < (known is null ? Fewest : 1)) return [];
        // They stand under each other, outside of all text that is no number.
        var edge = known ?? Rows.Median(numbers.Select(word => Edge(word, atStart)));
        numbers = [.. numbers.Where(word => Math.Abs(Edge(word, atStart) - edge) < 0.5 * word.Size
            || Math.Abs(Edge(word, !atStart) - edge) < 2.5 * word.Size)];
        if (numbers.Count == 0) return [];
        var isNumber = numbers.ToHashSet(ReferenceEqualityComparer.Instance);
        var text = rows.SelectMany(row => row.Words).Where(word => !isNumber.Contains(word)).ToList();
        if (text.Count < 2 * numbers.Count) return [];
        var gap = 0.3 * numbers[0].Size;
        if (text.Count(word => atStart ? word.X0 > edge + gap : word.X1 < edge - gap) < 0.97 * text.Count) return [];
        return IsCount(rows, numbers, isNumber, known is not null) ? numbers : [];
    }

    /// <summary>They count the lines: one for each, or one for each fifth, over most of the page.</summary>
    private static bool IsCount(List<Line> rows, List<Word> numbers, HashSet<object?> isNumber, bool isKnown)
    {
        var steps = numbers.Zip(numbers.Skip(1), (a, b) => Value(b)!.Value - Value(a)!.Value).ToList();
        if (steps.Count == 0) return isKnown;
        var step = steps.GroupBy(value => value).MaxBy(same => same.Count())!;
        if (step.Key is not (1 or 2 or 5 or 10) || step.Count() < 0.8 * steps.Count) return false;
        var lines = rows.Count(row => row.Words.Any(word => !isNumber.Contains(word)));
        return isKnown || numbers.Count >= Fewest && numbers.Count * step.Key >= 0.6 * lines;
    }

    private static double Edge(Word word, bool atStart) => atStart ? word.X1 : word.X0;

    private static int? Value(Word word)
        => word.Text.Length <= 5 && int.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture,
            out var value) ? value : null;
}
