namespace LongT5.Documents.Pdf;

/// <summary>Finds the rows of a table: lines whose words stand in groups under each other.</summary>
static class Tables
{
    private sealed record Cell(string Text, double X0, double X1);

    /// <summary>The table that begins with a line of a column, or null where none does.</summary>
    public static Passage? At(Column column, int first)
    {
        var lines = column.Lines;
        var rows = new List<(List<Cell> Cells, int Line)>();
        var taken = 0;
        for (var i = first; i < lines.Count; i++)
        {
            if (i > first && lines[i - 1].Y - lines[i].Y > 2.6 * lines[i].Size) break;
            var cells = Cells(lines[i]);
            if (cells.Count >= 2 && (rows.Count == 0 || FitsAny(rows, cells)))
            {
                rows.Add((cells, i));
                taken = i - first + 1;
            }
            // A cell of several lines: its other lines stand alone under it.
            else if (rows.Count >= 1 && cells.Count == 1 && i + 1 < lines.Count && IsInside(rows, cells[0]) && FollowsRow(lines, i, rows))
                rows.Add((cells, i));
            else break;
        }
        rows.RemoveAll(row => row.Line >= first + taken);
        var full = rows.Where(row => row.Cells.Count >= 2).ToList();
        // Two rows may be a heading whose words were stretched to the column's width, unless both have three cells or more.
        if (full.Count < 2 || full.Count == 2 && (full[0].Cells.Count < 3 || full[0].Cells.Count != full[1].Cells.Count)) return null;
        if (full.Count * 2 < rows.Count || rows.Average(row => row.Cells.Count) < 1.5) return null;
        var table = new Passage(column, lines[first]) { Kind = BlockKind.Table, IsFloat = true, Cells = Grid(rows) };
        table.Lines.AddRange(lines.Skip(first + 1).Take(taken - 1));
        return table;
    }

    /// <summary>Groups of words with gaps between that no justified line has.</summary>
    private static List<Cell> Cells(Line line)
    {
        var cells = new List<Cell>();
        var words = line.Words;
        var first = 0;
        for (var i = 1; i <= words.Count; i++)
        {
            if (i < words.Count && words[i].X0 - words[i - 1].X1 < 1.1 * line.Size) continue;
            var group = words.Skip(first).Take(i - first).ToList();
            var text = Line.Joined(group);
            if (cells.Count == 1 && Markers.IsAlone(cells[0].Text))
                cells[0] = new($"{cells[0].Text} {text}", cells[0].X0, group[^1].X1);
            else
                cells.Add(new(text, group[0].X0, group[^1].X1));
            first = i;
        }
        if (line.IsRightToLeft) cells.Reverse();
        return cells;
    }

    /// <summary>A cell besides the first stands under one of the rows above.</summary>
    private static bool FitsAny(List<(List<Cell> Cells, int Line)> rows, List<Cell> cells)
        => rows.Any(row => row.Cells.Count >= 2 && cells.Skip(1).Any(cell => row.Cells.Skip(1).Any(other => IsUnder(cell, other))));

    private static bool IsUnder(Cell a, Cell b)
        => Math.Abs(a.X0 - b.X0) < 4 || Math.Abs(a.X1 - b.X1) < 4 || Math.Abs(a.X0 + a.X1 - b.X0 - b.X1) < 8
            || a.X0 >= b.X0 - 1 && a.X1 <= b.X1 + 1 || b.X0 >= a.X0 - 1 && b.X1 <= a.X1 + 1;

    private static bool IsInside(List<(List<Cell> Cells, int Line)> rows, Cell cell)
        => rows.Any(row => row.Cells.Count >= 2 && row.Cells.Any(other => Math.Abs(other.X0 - cell.X0) < 4 && cell.X0 > row.Cells[0].X0 + 4));

    private static bool FollowsRow(List<Line> lines, int i, List<(List<Cell> Cells, int Line)> rows)
        => lines[i - 1].Y - lines[i].Y < 1.5 * lines[i].Size && rows[^1].Line == i - 1;

    private static List<List<string>> Grid(List<(List<Cell> Cells, int Line)> rows)
    {
        var grid = new List<List<string>>();
        List<Cell>? above = null;
        foreach (var (cells, _) in rows)
        {
            var at = cells.Count == 1 ? above?.FindIndex(cell => Math.Abs(cell.X0 - cells[0].X0) < 4) ?? -1 : -1;
            if (at >= 0)
                grid[^1][at] += ' ' + cells[0].Text;
            else
            {
                grid.Add([.. cells.Select(cell => cell.Text)]);
                above = cells;
            }
        }
        return grid;
    }
}
