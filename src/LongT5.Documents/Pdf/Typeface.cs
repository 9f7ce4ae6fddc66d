namespace LongT5.Documents.Pdf;

/// <summary>How most of a document's text is set.</summary>
sealed class Typeface
{
    private readonly Dictionary<double, double> _leadings;

    private Typeface(double body, Dictionary<double, double> leadings) => (Body, _leadings) = (body, leadings);

    /// <summary>The size of most letters.</summary>
    public double Body { get; }

    /// <summary>Most letters are bold, so that bold ones tell nothing.</summary>
    public bool IsBold { get; private init; }

    /// <summary>Most letters are of one width, as a typewriter's are.</summary>
    public bool IsFixed { get; private init; }

    public static Typeface Of(IReadOnlyList<Column> columns)
    {
        var lines = columns.SelectMany(column => column.Lines).ToList();
        var body = lines.Count == 0
            ? 10 : lines.GroupBy(line => Rounded(line.Size)).MaxBy(same => same.Sum(line => line.Text.Length))!.Average(
                line => line.Size);
        var leadings = columns.SelectMany(column => column.Lines.Zip(column.Lines.Skip(1)))
            .GroupBy(pair => Rounded(pair.First.Size)).ToDictionary(same => same.Key, Column.Pitch);
        return new(body, leadings) { IsBold = Most(FontStyle.Bold), IsFixed = Most(FontStyle.Fixed) };

        bool Most(FontStyle style) => lines.Where(line => line.Is(style)).Sum(line => line.Text.Length)
            * 2 > lines.Sum(line => line.Text.Length);
    }

    /// <summary>How far the next line of the same paragraph stands below.</summary>
    public double Leading(Line line, Column column)
    {
        if (column.Leading > 0 && Math.Abs(line.Size - Rows.Median(column.Lines.Select(l => l.Size))) < 0.05
            * line.Size) return column.Leading;
        return _leadings.TryGetValue(Rounded(line.Size), out var leading) && leading > 0 ? leading : 1.3 * line.Size;
    }

    private static double Rounded(double size) => Math.Round(size * 2) / 2;
}
