namespace LongT5.Documents.Pdf;

/// <summary>A blank strip that runs down a page between two columns.</summary>
/// <param name="X0">Its left edge.</param>
/// <param name="X1">Its right edge.</param>
/// <param name="First">The first row that it passes.</param>
/// <param name="Last">The last row that it passes.</param>
readonly record struct Gutter(double X0, double X1, int First, int Last)
{
    private const double Narrowest = 0.7;  // ems
    private const int MostOpen = 200;

    private int Height => Last - First + 1;

    /// <summary>The words of a row on either side.</summary>
    public (List<Word> Left, List<Word> Right) Part(Line row)
    {
        var middle = (X0 + X1) / 2;
        return ([.. row.Words.Where(word => word.X1 <= middle)], [.. row.Words.Where(word => word.X1 > middle)]);
    }

    /// <summary>The tallest strip between columns of text, or null where there is none.</summary>
    public static Gutter? Find(List<Line> rows)
    {
        if (rows.Count < 3) return null;
        var em = Rows.Median(rows.Select(row => row.Size));
        return Strips(rows, Narrowest * em)
            .OrderByDescending(strip => strip.Height).ThenByDescending(strip => strip.X1 - strip.X0)
            .Select(strip => strip.Trimmed(rows))
            .FirstOrDefault(strip => strip is { } found && found.PartsColumns(rows, em));
    }

    /// <summary>All strips that no word of the rows between their ends touches, as tall as they can be.</summary>
    private static List<Gutter> Strips(List<Line> rows, double narrowest)
    {
        List<Gutter> open = [], strips = [];
        for (var i = 0; i < rows.Count; i++)
        {
            var next = new List<Gutter>();
            foreach (var gap in Gaps(rows[i], narrowest))
            {
                foreach (var strip in open)
                {
                    var (x0, x1) = (Math.Max(strip.X0, gap.X0), Math.Min(strip.X1, gap.X1));
                    if (x1 - x0 >= narrowest) Keep(next, new(x0, x1, strip.First, i));
                }
                Keep(next, gap with { First = i, Last = i });
            }
            foreach (var strip in open)
                if (!next.Any(longer => longer.X0 >= strip.X0 && longer.X1 <= strip.X1))
                    strips.Add(strip);
            open = next.Count <= MostOpen ? next : [.. next.OrderBy(strip => strip.First).Take(MostOpen)];
        }
        strips.AddRange(open);
        return [.. strips.Where(strip => double.IsFinite(strip.X0) && double.IsFinite(strip.X1))];

        static void Keep(List<Gutter> strips, Gutter strip)
        {
            if (!strips.Any(other => other.X0 == strip.X0 && other.X1 == strip.X1 && other.First <= strip.First))
                strips.Add(strip);
        }
    }

    private static List<Gutter> Gaps(Line row, double narrowest)
    {
        var gaps = new List<Gutter>();
        var end = double.NegativeInfinity;
        foreach (var word in row.Words.OrderBy(word => word.X0))
        {
            if (word.X0 - end >= narrowest) gaps.Add(new(end, word.X0, 0, 0));
            end = Math.Max(end, word.X1);
        }
        gaps.Add(new(end, double.PositiveInfinity, 0, 0));
        return gaps;
    }

    /// <summary>
    /// Without rows at its ends that the file draws before it draws the left column, or after it drew the right one: a
    /// heading or a table above columns, a paragraph below them.
    /// </summary>
    private Gutter? Trimmed(List<Line> rows)
    {
        var height = Height;
        var left = new (int First, int Last)[height];
        var right = new (int First, int Last)[height];
        for (var i = 0; i < height; i++)
        {
            var (before, after) = Part(rows[First + i]);
            (left[i], right[i]) = (Span(before), Span(after));
        }
        // The right side was drawn first as a whole: a box that text runs around.
        if (left.Min(span => span.First) > right.Max(span => span.Last)) return this;
        var (top, bottom) = (0, height - 1);
        var below = Suffix(left);
        while (top < bottom && right[top].Last >= 0 && right[top].Last < below[top + 1]) top++;
        var above = Prefix(right);
        while (bottom > top && left[bottom].Last >= 0 && left[bottom].First > above[bottom - 1]) bottom--;
        return bottom - top < 2 ? this : this with { First = First + top, Last = First + bottom };

        static (int, int) Span(List<Word> words)
            => words.Count == 0 ? (int.MaxValue, -1) : (words.Min(word => word.Order), words.Max(word => word.Order));

        static int[] Suffix((int First, int Last)[] spans)
        {
            var least = new int[spans.Length];
            for (var i = spans.Length - 1; i >= 0; i--)
                least[i] = Math.Min(spans[i].First, i + 1 < spans.Length ? least[i + 1] : int.MaxValue);
            return least;
        }

        static int[] Prefix((int First, int Last)[] spans)
        {
            var most = new int[spans.Length];
            for (var i = 0; i < spans.Length; i++)
                most[i] = Math.Max(spans[i].Last, i > 0 ? most[i - 1] : -1);
            return most;
        }
    }

    private bool PartsColumns(List<Line> rows, double em)
    {
        var sides = new List<(int Order, bool IsRight)>();
        List<int> leftRows = [], rightRows = [];
        List<List<Word>> left = [], right = [];
        for (var i = First; i <= Last; i++)
        {
            var (before, after) = Part(rows[i]);
            if (before.Count > 0) Add(before, false, left, leftRows, i);
            if (after.Count > 0) Add(after, true, right, rightRows, i);
        }
        var fewer = Math.Min(left.Count, right.Count);
        if (fewer < (X1 - X0 > 2 * em ? 2 : 3)) return false;
        var (leftText, rightText) = (Letters(left), Letters(right));
        if (Math.Min(leftText, rightText) < 4 || !AreBeside(leftRows, rightRows)) return false;

        sides.Sort();
        var changes = sides.Zip(sides.Skip(1)).Count(pair => pair.First.IsRight != pair.Second.IsRight);
        if (changes <= Math.Max(1, 0.3 * fewer))
            return Math.Max(leftText, rightText) > 12 || fewer > 8;
        // Drawn row by row: columns all the same where both sides are filled with text.
        return changes < 1.7 * fewer || fewer >= 6
            ? Math.Min(leftText, rightText) >= 18 && IsFull(left) && IsFull(right)
            : false;

        void Add(List<Word> words, bool isRight, List<List<Word>> lines, List<int> numbers, int row)
        {
            sides.Add((words.Min(word => word.Order), isRight));
            lines.Add(words);
            numbers.Add(row);
        }
    }

    /// <summary>Columns stand beside each other: an address on the right above one on the left is none.</summary>
    private static bool AreBeside(List<int> left, List<int> right)
        => left.Count(row => row >= right[0] && row <= right[^1]) >= 2
            && right.Count(row => row >= left[0] && row <= left[^1]) >= 2;

    private static double Letters(List<List<Word>> lines)
        => Rows.Median(lines.Select(words => (double)words.Sum(word => word.Text.Length)));

    private static bool IsFull(List<List<Word>> lines)
    {
        var widths = lines.Select(words => words.Max(word => word.X1) - words.Min(word => word.X0)).ToList();
        return Rows.Median(widths) > 0.85 * widths.Max();
    }
}
