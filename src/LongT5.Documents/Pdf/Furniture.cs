using System.Text.RegularExpressions;

namespace LongT5.Documents.Pdf;

/// <summary>
/// Running heads, feet and page numbers: lines at the edges of pages that come again on other pages, numbers that count
/// the pages apart, and the lines that stand in the same places.
/// </summary>
sealed partial class Furniture
{
    private const int Deep = 4;     // rows from an edge that may be furniture
    private const int Around = 4;   // pages before and after in which the same line is looked for
    private const double Near = 2;  // points of height in which lines of two pages count as level

    private sealed record Edge(int Page, Line Row, bool IsTop, bool IsOutermost, string Shape);

    private readonly IReadOnlyList<PageRows> _pages;
    private readonly List<List<Edge>> _edges;
    private readonly HashSet<Line> _found = new(ReferenceEqualityComparer.Instance);
    private readonly double _large;

    private Furniture(IReadOnlyList<PageRows> pages)
    {
        _pages = pages;
        _edges = [.. pages.Select(Edges)];
        _large = 1.15 * Rows.Median(pages.SelectMany(page => page.Rows).Select(row => row.Size));
    }

    /// <summary>Takes them off the pages; what was taken, in order, comes back.</summary>
    public static List<Line> Take(IReadOnlyList<PageRows> pages)
    {
        var furniture = new Furniture(pages);
        furniture.Find();
        var taken = new List<Line>();
        for (var i = 0; i < pages.Count; i++)
        {
            // What stands between the edge and the first text: text ends the walk from either edge.
            var outermost = Outermost(furniture._edges[i], true).Concat(Outermost(furniture._edges[i], false))
                .ToHashSet(ReferenceEqualityComparer.Instance);
            taken.AddRange(pages[i].Rows.Where(outermost.Contains));
            pages[i].Rows.RemoveAll(outermost.Contains);
        }
        return taken;

        IEnumerable<Line> Outermost(List<Edge> edges, bool isTop)
            => edges.Where(edge => edge.IsTop == isTop).Select(edge => edge.Row).TakeWhile(furniture._found.Contains);
    }

    /// <summary>It says by itself that it numbers a page.</summary>
    public static bool IsCounted(string text) => Counted().IsMatch(text);

    private static List<Edge> Edges(PageRows page, int index)
    {
        var rows = page.Rows;
        var edges = new List<Edge>();
        for (var i = 0; i < Math.Min(Deep, rows.Count); i++)
        {
            edges.Add(new(index, rows[i], true, i == 0, Shape(rows[i].Text)));
            edges.Add(new(index, rows[^(i + 1)], false, i == 0, Shape(rows[^(i + 1)].Text)));
        }
        return edges;
    }

    private void Find()
    {
        var all = _edges.SelectMany(edges => edges).ToList();
        foreach (var edge in all)
            if (IsCounted(edge.Row.Text) || ComesAgain(edge))
                _found.Add(edge.Row);
        var places = Places();
        var offset = Offset();
        foreach (var edge in all)
            if (places.Any(place => IsLevel(place, edge)) || offset is not null && edge.Shape == "#"
                && Numbers(edge.Row.Text)[0] - edge.Page == offset)
                _found.Add(edge.Row);
    }

    private bool ComesAgain(Edge edge)
    {
        var again = 0;
        // A line larger than the text is a title that comes again, unless it stands on most pages.
        var around = IsTitle(edge) ? _pages.Count : Around;
        for (var other = Math.Max(0, edge.Page - around); other <= Math.Min(_pages.Count - 1,
            edge.Page + around); other++)
            if (other != edge.Page && _edges[other]
                .Any(e => e.IsTop == edge.IsTop && Math.Abs(e.Row.Y - edge.Row.Y) < Near && IsSame(e, edge)))
                again++;
        return again >= (IsTitle(edge) ? Math.Max(2, 0.6 * _pages.Count) : _pages.Count < 4 ? 1 : 2);
    }

    /// <summary>
    /// The same words with numbers that are the same or count the pages; or other
    /// words, with a number at their end that does.
    /// </summary>
    private bool IsSame(Edge a, Edge b)
    {
        if (a.Shape != b.Shape)
            return a.IsOutermost && b.IsOutermost && Math.Abs(a.Row.Size - b.Row.Size) < 0.3 && !IsTitle(a)
                && !IsTitle(b)
                && (Counts(a.Row.Words[0], b.Row.Words[0]) || Counts(a.Row.Words[^1], b.Row.Words[^1]));
        var numbers = Numbers(a.Row.Text).Zip(Numbers(b.Row.Text)).ToList();
        var areSame = numbers.All(pair => pair.First == pair.Second);
        if (IsTitle(a)) return areSame;
        return a.Shape.Any(char.IsLetter)
            ? numbers.All(pair => AreCounted(pair.Second - pair.First) || pair.First == pair.Second)
            : numbers.Count == 0 || numbers.Any(pair => AreCounted(pair.Second - pair.First));

        // Slides that were shown in several steps count once.
        bool AreCounted(int numbers) => numbers == b.Page - a.Page || numbers == _pages[b.Page].Number
            - _pages[a.Page].Number;

        bool Counts(Word first, Word second) => Numbers(first.Text) is [var one] && Numbers(second.Text) is [var other]
            && Shape(first.Text) == "#" && Shape(second.Text) == "#" && AreCounted(other - one);
    }

    private bool IsTitle(Edge edge) => edge.Row.Size > _large && edge.Shape.Count(char.IsLetter) > 3;

    /// <summary>Heights at which furniture stands on many pages.</summary>
    private List<Edge> Places()
    {
        var places = new List<Edge>();
        foreach (var edge in _edges.SelectMany(edges => edges).Where(edge => _found.Contains(edge.Row)))
            if (!places.Any(place => IsLevel(place, edge)))
                places.Add(edge);
        return [
            .. places.Where(
                place => _edges.Count(page => page.Any(edge => _found.Contains(edge.Row) && IsLevel(edge, place)))
                    >= Math.Max(3, _pages.Count / 4))];
    }

    private static bool IsLevel(Edge a, Edge b)
        => a.IsTop == b.IsTop && Math.Abs(a.Row.Y - b.Row.Y) < 0.6 && Math.Abs(a.Row.Size - b.Row.Size) < 0.3;

    /// <summary>How far the printed page numbers run before or behind the file's own, where most agree.</summary>
    private int? Offset()
    {
        var offsets = _edges.SelectMany(edges => edges).Where(edge => _found.Contains(edge.Row))
            .SelectMany(edge => Numbers(edge.Row.Text).Select(number => number - edge.Page).Distinct())
            .GroupBy(offset => offset).MaxBy(same => same.Count());
        return offsets?.Count() >= Math.Max(3, _pages.Count / 3) ? offsets.Key : null;
    }

    /// <summary>Letters as they are, every number as #.</summary>
    private static string Shape(string text)
        => Number().Replace(Roman().IsMatch(text) ? "#" : text.ToLowerInvariant(), "#").Trim();

    private static List<int> Numbers(string text)
    {
        if (Roman().IsMatch(text)) return [RomanValue(text.Trim().ToLowerInvariant())];
        return [.. Number().Matches(text).Select(match => int.TryParse(match.ValueSpan, out var value) ? value : -1)];
    }

    private static int RomanValue(string text)
    {
        var (total, last) = (0, 0);
        foreach (var c in text.Reverse())
        {
            var value = c switch { 'i' => 1, 'v' => 5, 'x' => 10, 'l' => 50, 'c' => 100, _ => 0 };
            total += value < last ? -value : value;
            last = Math.Max(last, value);
        }
        return total;
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\s*[ivxlc]{1,7}\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Roman();

    [GeneratedRegex(
        @"^\s*(?:[-–—−]\s*\d{1,4}\s*[-–—−]|\d{1,4}\s*(?:of|von|de|sur|di|из|/)\s*\d{1,4}|(?:page|seite|p\.|стр\.?|página|pagina|pág\.)\s*\d{1,4}(?:\s*(?:of|von|de|sur|di|из|/)\s*\d{1,4})?|第\s*\d+\s*[页頁])\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Counted();
}
