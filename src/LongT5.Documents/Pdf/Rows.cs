namespace LongT5.Documents.Pdf;

/// <summary>Letters gathered on the baselines that they stand on, over the whole width of a page.</summary>
static class Rows
{
    private sealed class Row(double y, double size)
    {
        public double Y { get; } = y;
        public double Size { get; } = size;
        public List<Glyph> Glyphs { get; } = [];
        public HashSet<int> Raised { get; } = [];
    }

    /// <summary>The lines of a page from top to bottom, each over all columns.</summary>
    public static List<Line> Of(int page, IReadOnlyList<Glyph> glyphs)
    {
        if (glyphs.All(glyph => glyph.IsBlank)) return [];
        var runs = Runs(glyphs);
        var em = Median(runs.SelectMany(run => run.Select(glyph => glyph.Size)));
        var drops = DropCaps.Take(runs, em);
        var rows = new List<Row>();
        // Large letters make the rows; what is small and raised or lowered beside them joins them afterwards.
        foreach (var run in runs.OrderByDescending(run => Math.Round(Size(run), 1)).ThenByDescending(run => run.Count))
            Join(rows, run);
        var lines = rows.Where(row => row.Glyphs.Any(glyph => !glyph.IsBlank))
            .OrderByDescending(row => row.Y).ThenBy(row => row.Glyphs[0].X0)
            .Select(row => new Line(page, Words.Of(row.Glyphs, row.Y, row.Raised)));
        return DropCaps.Give(drops, [.. lines]);
    }

    /// <summary>Letters that follow each other on one baseline.</summary>
    private static List<List<Glyph>> Runs(IReadOnlyList<Glyph> glyphs)
    {
        var runs = new List<List<Glyph>>();
        var level = new List<Glyph>();
        foreach (var glyph in glyphs.OrderByDescending(glyph => glyph.Y))
        {
            if (level.Count > 0 && level[0].Y - glyph.Y > 0.06 * Math.Min(level[0].Size, glyph.Size)) Cut();
            level.Add(glyph);
        }
        Cut();
        return runs;

        void Cut()
        {
            List<Glyph>? run = null;
            foreach (var glyph in level.OrderBy(glyph => glyph.X0).ThenBy(glyph => glyph.Order))
            {
                if (run is null || glyph.X0 - run[^1].X1 > 1.5 * glyph.Size
                    || Math.Abs(glyph.Size - run[^1].Size) > 0.05 * glyph.Size)
                    runs.Add(run = []);
                run.Add(glyph);
            }
            level.Clear();
        }
    }

    private static void Join(List<Row> rows, List<Glyph> run)
    {
        var (y, size) = (run[0].Y, Size(run));
        Row? home = null;
        foreach (var row in rows)
            if (Math.Abs(row.Y - y) <= 0.2 * Math.Min(size, row.Size)
                && (home is null || Math.Abs(row.Y - y) < Math.Abs(home.Y - y)))
                home = row;
        // A note's raised sign may be level with a line of the next column: it belongs to what it touches.
        if (home is null || IsShort(run) && !IsNear(home, run, 1.5 * home.Size))
        {
            var bearer = rows.Where(row => IsScript(row, run, y, size)).MinBy(row => Math.Abs(row.Y - y));
            if (bearer is not null && y > bearer.Y + 0.15 * bearer.Size)
                bearer.Raised.UnionWith(run.Select(glyph => glyph.Order));
            home = bearer ?? home;
        }
        if (home is null) rows.Add(home = new Row(y, size));
        home.Glyphs.AddRange(run);
    }

    /// <summary>It stands above or below the row's letters, smaller than they are, and beside one of them.</summary>
    private static bool IsScript(Row row, List<Glyph> run, double y, double size)
    {
        if (size > 0.9 * row.Size || y < row.Y - 0.4 * row.Size || y > row.Y + 0.7 * row.Size) return false;
        return IsShort(run) && IsNear(row, run, 0.35 * row.Size);
    }

    private static bool IsShort(List<Glyph> run) => run.Sum(glyph => glyph.Text.Length) <= 12;

    private static bool IsNear(Row row, List<Glyph> run, double distance)
    {
        var (x0, x1) = (run[0].X0, run[^1].X1);
        return row.Glyphs.Any(glyph => !glyph.IsBlank
            && (Math.Abs(glyph.X1 - x0) <= distance || Math.Abs(glyph.X0 - x1) <= distance));
    }

    private static double Size(List<Glyph> run) => run[0].Size;

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
