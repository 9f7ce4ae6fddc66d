namespace LongT5.Documents.Pdf;

/// <summary>Slides that are shown point by point: each page repeats the one before and adds to it.</summary>
static class Overlays
{
    /// <summary>Takes out pages that the next page repeats whole, in the same places; gives their numbers.</summary>
    public static List<int> Take(List<PageRows> pages)
    {
        var taken = new List<int>();
        for (var i = pages.Count - 2; i >= 0; i--)
        {
            var (shown, next) = (pages[i].Rows, pages[i + 1].Rows);
            if (shown.Count == 0 || shown.Count > next.Count || pages[i].Sideways.Count > 0) continue;
            if (!shown.All(row => next.Any(other => IsSame(row, other)))) continue;
            taken.Insert(0, pages[i].Number);
            pages.RemoveAt(i);
        }
        return taken;
    }

    private static bool IsSame(Line a, Line b)
        => Math.Abs(a.Y - b.Y) < 1 && (a.Text == b.Text && Math.Abs(a.X0 - b.X0) < 1 || IsNumber(a.Text)
            && IsNumber(b.Text));

    private static bool IsNumber(string text) => text.Any(char.IsDigit) && !text.Any(char.IsLetter);
}
