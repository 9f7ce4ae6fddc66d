namespace LongT5.Documents.Pdf;

/// <summary>Large first letters that reach down beside several lines: they belong to the uppermost of these.</summary>
static class DropCaps
{
    private const double Large = 1.7;  // times the size of the page's letters

    /// <summary>Takes drop caps out of the runs.</summary>
    public static List<List<Glyph>> Take(List<List<Glyph>> runs, double em)
    {
        var drops = runs.Where(run => run[0].Size > Large * em && run.Sum(glyph => glyph.Text.Trim().Length) is 1 or 2
            && char.IsLetter(run[0].Text[0]) && Neighbours(run) >= 2).ToList();
        foreach (var drop in drops)
            runs.Remove(drop);
        return drops;

        int Neighbours(List<Glyph> drop)
            => runs.Where(run => run != drop && IsBeside(drop, run[0].X0, run[0].Y, run[0].Size))
            .Select(run => Math.Round(run[0].Y)).Distinct().Count();
    }

    /// <summary>Gives each of them to its line; the other lines beside it begin where it begins.</summary>
    public static List<Line> Give(List<List<Glyph>> drops, List<Line> lines)
    {
        foreach (var drop in drops)
        {
            var first = lines.FindIndex(line => BesideIn(drop, line) is not null);
            if (first < 0) continue;
            var line = lines[first];
            var follower = BesideIn(drop, line)!;
            var letters = string.Concat(drop.Select(glyph => glyph.Text)).Trim();
            // "A" and "I" are words of their own more often than not, and then a small gap shows.
            var isWord = letters is "A" or "I" && follower.X0 - drop[^1].X1 > 0.2 * follower.Size;
            var cap = new Word(isWord ? letters : letters + follower.Text, drop[0].X0, isWord
                ? drop[^1].X1 : follower.X1,
                follower.Y, follower.Size, follower.Style, Math.Min(drop[0].Order, follower.Order));
            var words = line.Words.ToList();
            var at = words.IndexOf(follower);
            if (isWord) words.Insert(at, cap);
            else words[at] = cap;
            lines[first] = new Line(line.Page, words);
            foreach (var other in lines.Skip(first + 1).Where(other => BesideIn(drop, other) == other.Words[0]))
                other.BeginAt(drop[0].X0);
        }
        return lines;
    }

    private static Word? BesideIn(List<Glyph> drop, Line line)
        => line.Words.FirstOrDefault(word => IsBeside(drop, word.X0, word.Y, word.Size));

    private static bool IsBeside(List<Glyph> drop, double x0, double y, double size)
    {
        var cap = drop[0];
        return size < cap.Size / Large && x0 > drop[^1].X1 - 0.1 * cap.Size && x0 < drop[^1].X1 + 2 * size
            && y > cap.Y - 0.35 * size && y < cap.Y + 0.75 * cap.Size;
    }
}
