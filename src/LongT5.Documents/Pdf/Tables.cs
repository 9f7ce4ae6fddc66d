namespace LongT5.Documents.Pdf;

/// <summary>Finds the rows of a table: lines whose words stand in groups under each other.</summary>
static class Tables
{
    private const double Near = 4;  // points in which edges count as aligned

    private const double Apart = 2.6, Tight = 1.35;  // distances of lines, in their size: of rows, within a cell

    private const int MostHeadLines = 3;

    private sealed record Cell(List<Word> Words)
    {
        public double X0 => Words[0].X0;

        public double X1 => Words[^1].X1;

        public string Text => Line.Joined(Words);
    }

    private sealed record Row(List<Cell> Cells, int Line);

    /// <summary>The table that begins with a line of a column, or null where none does.</summary>
    public static Passage? At(Column column, int first)
    {
        var rows = RowsFrom(column, first);
        var count = rows.Count;
        for (var head = 1; !IsTable(rows) && head <= MostHeadLines && first + head < column.Lines.Count; head++)
        {
            var body = RowsFrom(column, first + head);
            if (Head(column, first, head, body) is { } cells)
                (rows, count) = ([new(cells, first), .. body], head + body.Count);
            else if (IsTable(body))
                return null;  // it begins there
        }
        if (!IsTable(rows)) return null;
        var lines = column.Lines;
        var table = new Passage(column, lines[first]) { Kind = BlockKind.Table, IsFloat = true, Cells = Grid(rows) };
        table.Lines.AddRange(lines.Skip(first + 1).Take(count - 1));
        return table;
    }

    /// <summary>Three groups of words or more stand as far apart as only the cells of a table do.</summary>
    public static bool IsRow(Line line)
        => line.Words.Zip(line.Words.Skip(1)).Count(pair => pair.Second.X0 - pair.First.X1 > 3 * line.Size) >= 2;

    /// <summary>The lines from here on that stand under each other in groups.</summary>
    private static List<Row> RowsFrom(Column column, int first)
    {
        var lines = column.Lines;
        var rows = new List<Row>();
        for (var i = first; i < lines.Count; i++)
        {
            var distance = i > first ? lines[i - 1].Y - lines[i].Y : 0;
            if (distance > Apart * lines[i].Size) break;
            var cells = Cells(column, lines[i]);
            var isRow = cells.Count >= 2 && (rows.Count == 0 || FitsAny(rows, cells));
            // A cell of several lines: its other lines stand alone under it.
            var isRest = cells.Count == 1 && rows.Count > 0 && distance < Tight * lines[i].Size
                && IsInside(rows, cells[0]);
            if (!isRow && !isRest) break;
            rows.Add(new(cells, i));
        }
        return rows;
    }

    private static bool IsTable(List<Row> rows)
    {
        var full = rows.Where(row => row.Cells.Count >= 2).ToList();
        // Two rows may be a heading whose words were stretched to the column's width, unless both have three cells or
        // more.
        if (full.Count < 2 || full.Count == 2
            && (full[0].Cells.Count < 3 || full[0].Cells.Count != full[1].Cells.Count)) return false;
        return full.Count * 3 >= rows.Count;
    }

    /// <summary>
    /// The head of a table, whose words stand in the middle of their columns and so under or over nothing: one cell for
    /// each column of the rows below, on one line or on a few tight ones. Null where the lines are none.
    /// </summary>
    private static List<Cell>? Head(Column column, int first, int count, List<Row> body)
    {
        if (body.Count < 2) return null;
        var most = body.Max(row => row.Cells.Count);
        var model = body.Where(row => row.Cells.Count == most).ToList();
        if (most < 2 || model.Count < 2) return null;
        var parts = new List<Word>[most];
        var isParted = false;
        for (var i = first; i < first + count; i++)
        {
            var line = column.Lines[i];
            if (Markers.IsCaption(line.Text)) return null;
            var distance = line.Y - column.Lines[i + 1].Y;
            if (distance <= 0 || distance > (i + 1 < first + count ? Tight : Apart) * line.Size) return null;
            var cells = Cells(column, line);
            isParted |= cells.Count >= 2;
            foreach (var cell in cells)
            {
                var at = Enumerable.Range(0, most).FirstOrDefault(k
                    => (k == 0 || cell.X0 > model.Max(row => row.Cells[k - 1].X1))
                    && (k + 1 == most || cell.X1 < model.Min(row => row.Cells[k + 1].X0)), -1);
                // A short line at the edge is the end of a paragraph.
                if (at < 0 || at == 0 && cells.Count == 1) return null;
                (parts[at] ??= []).AddRange(cell.Words);
            }
        }
        return isParted && parts.All(part => part is not null) ? [.. parts.Select(part => new Cell(part))] : null;
    }

    /// <summary>Groups of words with gaps between that no justified line has.</summary>
    private static List<Cell> Cells(Column column, Line line)
    {
        var cells = new List<Cell>();
        var words = line.Words.ToList();
        var first = 0;
        for (var i = 1; i <= words.Count; i++)
        {
            if (i < words.Count && (words[i].X0 - words[i - 1].X1 < 1.1 * line.Size || IsStretched(column, line)))
                continue;
            var group = words.GetRange(first, i - first);
            if (cells.Count == 1 && Markers.IsAlone(cells[0].Text))
                cells[0] = new([.. cells[0].Words, .. group]);
            else
                cells.Add(new(group));
            first = i;
        }
        return cells;
    }

    /// <summary>Few words were drawn apart evenly to fill the column, as in justified text of narrow columns.</summary>
    private static bool IsStretched(Column column, Line line)
    {
        if (line.Words.Count < 3 || line.Width < 0.97 * column.Width) return false;
        var gaps = line.Words.Zip(line.Words.Skip(1), (a, b) => b.X0 - a.X1).ToList();
        return gaps.Max() - gaps.Min() < 0.25 * line.Size && gaps.Max() < 5 * line.Size;
    }

    /// <summary>A cell besides the first stands under one of the rows above.</summary>
    private static bool FitsAny(List<Row> rows, List<Cell> cells)
        => rows.Any(row => row.Cells.Count >= 2 && cells.Skip(1)
            .Any(cell => row.Cells.Skip(1).Any(other => IsUnder(cell, other))));

    private static bool IsUnder(Cell a, Cell b)
    {
        // All lines of justified text end under each other; numbers do so for their own sake.
        var areNumbers = a.Text.Any(char.IsDigit) || b.Text.Any(char.IsDigit);
        return Math.Abs(a.X0 - b.X0) < Near || areNumbers && Math.Abs(a.X1 - b.X1) < Near
            || Math.Abs(a.X0 + a.X1 - b.X0 - b.X1) < 2 * Near || areNumbers && (Holds(a, b) || Holds(b, a));

        static bool Holds(Cell outer, Cell inner) => inner.X0 >= outer.X0 - 1 && inner.X1 <= outer.X1 + 1;
    }

    private static bool IsInside(List<Row> rows, Cell cell)
        => rows.Any(row => row.Cells.Count >= 2 && cell.X0 > row.Cells[0].X0 + Near
            && row.Cells.Any(other => Math.Abs(other.X0 - cell.X0) < Near));

    private static List<List<string>> Grid(List<Row> rows)
    {
        var model = rows.Where(row => row.Cells.Count == rows.Max(r => r.Cells.Count)).ToList();
        var borders = Enumerable.Range(1, model[0].Cells.Count - 1)
            .Select(i => (Left: model.Max(row => row.Cells[i - 1].X1), Right: model.Min(row => row.Cells[i].X0)))
            .ToList();
        var grid = new List<List<string>>();
        List<Cell>? above = null;
        foreach (var row in rows)
        {
            var cells = row.Cells.Count > 1 && row.Cells.Count <= borders.Count
                ? [.. row.Cells.SelectMany(cell => Parted(cell, borders))] : row.Cells;
            var at = cells.Count == 1 ? above?.FindIndex(cell => Math.Abs(cell.X0 - cells[0].X0) < Near) ?? -1 : -1;
            if (at >= 0)
                grid[^1][at] += ' ' + cells[0].Text;
            else
            {
                grid.Add([.. cells.Select(cell => cell.Text)]);
                above = cells;
            }
        }
        if (rows[0].Cells[0].Words.Any(word => word.Text.Any(Script.IsRightToLeft))) grid.ForEach(row => row.Reverse());
        return grid;
    }

    /// <summary>
    /// A cell whose words stand on both sides of a border between the columns of the other rows is two.
    /// </summary>
    private static IEnumerable<Cell> Parted(Cell cell, List<(double Left, double Right)> borders)
    {
        var cuts = new SortedSet<int> { cell.Words.Count };
        foreach (var (left, right) in borders.Where(border => border.Left < border.Right))
        {
            var gaps = Enumerable.Range(1, cell.Words.Count - 1)
                .Where(i => cell.Words[i - 1].X1 <= right - 1 && cell.Words[i].X0 >= left + 1).ToList();
            if (gaps.Count > 0) cuts.Add(gaps.MinBy(i => Math.Abs(cell.Words[i].X0 - right)));
        }
        var first = 0;
        foreach (var cut in cuts)
        {
            yield return new(cell.Words.GetRange(first, cut - first));
            first = cut;
        }
    }
}
