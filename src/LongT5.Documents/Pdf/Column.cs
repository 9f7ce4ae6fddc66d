namespace LongT5.Documents.Pdf;

/// <summary>How the lines of a column are set.</summary>
enum Alignment
{
    /// <summary>They begin under each other.</summary>
    Start,

    /// <summary>They end under each other and begin anywhere.</summary>
    End,

    /// <summary>Neither.</summary>
    Center,
}

/// <summary>Lines under each other between two edges, read from top to bottom.</summary>
sealed class Column
{
    /// <param name="lines">From top to bottom, one at least.</param>
    /// <param name="room">Between which edges they could have stood.</param>
    public Column(List<Line> lines, (double X0, double X1) room)
    {
        (Lines, Room) = (lines, room);
        IsRightToLeft = lines.Count(line => line.IsRightToLeft) > lines.Count / 2;
        var em = Rows.Median(lines.Select(line => line.Size));
        // An edge is where two lines at least reach: one that sticks out makes none.
        X0 = Edge([.. lines.Select(line => line.X0).Order()], em);
        X1 = Edge([.. lines.Select(line => line.X1).OrderDescending()], em);
        // So few lines reach no edge by themselves.
        if (lines.Count < 4 && !IsRightToLeft) X1 = Math.Max(X1, room.X1);
        if (lines.Count < 4 && IsRightToLeft) X0 = Math.Min(X0, room.X0);
        var ends = lines.Count(line => Rest(line) < 0.6 * em);
        var begins = lines.GroupBy(line => Math.Round(Indent(line) / em)).Max(same => same.Count());
        Alignment = begins >= 0.4 * lines.Count || lines.Count < 4 ? Alignment.Start
            : ends >= 0.6 * lines.Count ? Alignment.End : Alignment.Center;
        Leading = Pitch(lines.Zip(lines.Skip(1)));
    }

    public List<Line> Lines { get; }

    public (double X0, double X1) Room { get; }

    public double X0 { get; }

    public double X1 { get; }

    public bool IsRightToLeft { get; }

    public Alignment Alignment { get; }

    /// <summary>The usual distance of its baselines, or 0 where it has too few lines to tell.</summary>
    public double Leading { get; }

    public double Width => X1 - X0;

    /// <summary>How far a line begins within the column, on the side where reading begins.</summary>
    public double Indent(Line line) => IsRightToLeft ? X1 - line.X1 : line.X0 - X0;

    /// <summary>How much of the column a line leaves empty where another word could have stood.</summary>
    public double Rest(Line line) => Alignment switch
    {
        Alignment.Start => IsRightToLeft ? line.X0 - X0 : X1 - line.X1,
        Alignment.End => Indent(line),
        _ => Width - line.Width,
    };

    /// <summary>The distance of baselines that most neighbours have.</summary>
    public static double Pitch(IEnumerable<(Line Above, Line Below)> neighbours)
    {
        var distances = neighbours.Where(pair => Math.Abs(pair.Above.Size - pair.Below.Size) < 0.05 * pair.Above.Size)
            .Select(pair => pair.Above.Y - pair.Below.Y)
            .Where(distance => distance > 0).GroupBy(distance => Math.Round(distance * 2) / 2).ToList();
        return distances.Count > 0 && distances.MaxBy(same => same.Count())! is var most && most.Count() >= 3
            ? most.Average() : 0;
    }

    private static double Edge(List<double> sorted, double em)
    {
        for (var i = 0; i + 1 < sorted.Count; i++)
            if (Math.Abs(sorted[i] - sorted[i + 1]) < em)
                return sorted[i];
        return sorted[0];
    }
}
