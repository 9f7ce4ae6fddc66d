using System.Text.RegularExpressions;

namespace LongT5.Documents.Pdf;

/// <summary>
/// Tables of contents, lists of figures and indexes of pages: furniture, since the headings themselves are read.
/// </summary>
static partial class Contents
{
    private const int Ahead = 6;

    /// <summary>Takes them out of the columns; what was taken comes back.</summary>
    public static List<Line> Take(List<Column> columns)
    {
        var lines = columns.SelectMany(column => column.Lines).ToList();
        var taken = new HashSet<Line>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < lines.Count; i++)
        {
            var isTitled = Title().IsMatch(lines[i].Text) && Follows(lines, i, Ends) >= 2;
            var isLed = !isTitled && IsLed(lines[i].Text);
            if (!isTitled && !isLed) continue;
            if (isLed && i > 0 && lines[i - 1].Size > 1.1 * lines[i].Size && lines[i - 1].Text.Length < 40
                && Follows(lines, i - 1, IsLed) >= 2)
                taken.Add(lines[i - 1]);
            taken.Add(lines[i]);
            var size = lines[isTitled ? i + 1 : i].Size;
            // Entries follow, some broken over two or three lines; the list ends where the next lines name no page.
            while (i + 1 < lines.Count && Next(lines, i + 1, isTitled ? Ends : IsLed, size) is { } end)
                for (; i < end; i++)
                    taken.Add(lines[i + 1]);
        }
        for (var i = columns.Count - 1; i >= 0; i--)
        {
            var rest = columns[i].Lines.Where(line => !taken.Contains(line)).ToList();
            if (rest.Count == 0) columns.RemoveAt(i);
            else if (rest.Count < columns[i].Lines.Count) columns[i] = new Column(rest, columns[i].Room);
        }
        return [.. lines.Where(taken.Contains)];
    }

    /// <summary>The line, among the three from here on, that ends an entry.</summary>
    private static int? Next(List<Line> lines, int from, Func<string, bool> isEntry, double size)
    {
        for (var i = from; i < Math.Min(from + 3, lines.Count); i++)
        {
            if (lines[i].Text.Length > 120 || lines[i].Size > 1.3 * size) return null;
            if (isEntry(lines[i].Text)) return i;
        }
        return null;
    }

    private static int Follows(List<Line> lines, int at, Func<string, bool> isEntry)
        => lines.Skip(at + 1).Take(Ahead).Count(line => isEntry(line.Text));

    private static bool IsLed(string text) => Led().IsMatch(text);

    private static bool Ends(string text) => EndsInPage().IsMatch(text);

    /// <summary>Text without the dots that lead the eye to a number.</summary>
    public static string WithoutLeaders(string text) => text.Contains("..", StringComparison.Ordinal)
        || text.Contains(". .", StringComparison.Ordinal)
        ? Leaders().Replace(text, " ") : text;

    [GeneratedRegex(@"(?:[.·…]\s?){4,}\s*(?:[A-Z]{1,3}-?)?(?:\d{1,4}|[ivxlc]{1,7})\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Led();

    [GeneratedRegex(@"(?:^|\s)(?:\d{1,4}|[ivxlc]{1,7})\s*$")]
    private static partial Regex EndsInPage();

    [GeneratedRegex(@"\s*(?:[.·…]\s?){5,}")]
    private static partial Regex Leaders();

    [GeneratedRegex(
        @"^\s*(?:table\s+of\s+contents|(?:brief\s+|detailed\s+)?contents|list\s+of\s+(?:figures|tables|illustrations)|inhalt|inhaltsverzeichnis|abbildungsverzeichnis|tabellenverzeichnis|sommaire|table\s+des\s+matières|índice(?:\s+general)?|indice|tabla\s+de\s+contenidos?|sumário|содержание|оглавление|目\s*录|目\s*錄|目\s*次|فهرس|المحتويات|spis\s+treści|obsah|inhoud|inhoudsopgave|innehåll|indhold|sisällys)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Title();
}
