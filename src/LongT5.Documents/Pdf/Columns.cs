namespace LongT5.Documents.Pdf;

/// <summary>
/// Cuts the rows of a page where blank strips run down between columns, and puts the pieces into reading order.
/// </summary>
/// <remarks>
/// The tallest strip cuts first: what stands above it is read before, then its two sides, then what stands below; each
/// of these is cut in the same way. A strip between the cells of a table, or between bullets and their items, cuts
/// nothing: the file draws those row by row, while it draws columns one after the other.
/// </remarks>
static class Columns
{
    private const int Deepest = 24;

    /// <summary>The columns of a page in the order in which they are read.</summary>
    public static List<Column> Of(IReadOnlyList<Line> rows)
    {
        var columns = new List<Column>();
        if (rows.Count > 0) Cut([.. rows], (rows.Min(row => row.X0), rows.Max(row => row.X1)), columns, Deepest);
        return columns;
    }

    private static void Cut(List<Line> rows, (double X0, double X1) room, List<Column> columns, int depth)
    {
        if (rows.Count == 0) return;
        if (depth == 0 || Gutter.Find(rows) is not { } gutter)
        {
            columns.Add(new Column(rows, room));
            return;
        }
        Cut(rows[..gutter.First], room, columns, depth - 1);
        List<Line> left = [], right = [];
        foreach (var row in rows[gutter.First..(gutter.Last + 1)])
        {
            var (before, after) = gutter.Part(row);
            if (before.Count > 0) left.Add(new Line(row.Page, before));
            if (after.Count > 0) right.Add(new Line(row.Page, after));
        }
        var sides = new[] { (Lines: left, Room: (room.X0, gutter.X0)), (Lines: right, Room: (gutter.X1, room.X1)) };
        if (left.Concat(right).Count(line => line.IsRightToLeft) * 2 > left.Count + right.Count) Array.Reverse(sides);
        foreach (var side in sides)
            Cut(ByHeight(side.Lines), side.Room, columns, depth - 1);
        Cut(rows[(gutter.Last + 1)..], room, columns, depth - 1);
    }

    private static List<Line> ByHeight(List<Line> lines) => [.. lines.OrderByDescending(line => line.Y)];
}
