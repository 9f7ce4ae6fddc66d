namespace LongT5.Documents.Pdf;

/// <summary>The letters of a row parted into words where the row's own gaps say so.</summary>
static class Words
{
    private const double Least = 0.08, Most = 0.3, Usual = 0.16;  // how much wider than between letters, in ems

    /// <summary>The words of a row from left to right.</summary>
    /// <param name="glyphs">All letters of the row.</param>
    /// <param name="y">Its baseline.</param>
    /// <param name="raised">The letters (by order) that stand above it.</param>
    public static List<Word> Of(List<Glyph> glyphs, double y, IReadOnlySet<int> raised)
    {
        var sorted = glyphs.OrderBy(glyph => glyph.X0).ThenBy(glyph => glyph.Order).ToList();
        var letters = new List<Glyph>(sorted.Count);
        var blankBefore = new List<bool>(sorted.Count);
        var isBlank = false;
        foreach (var glyph in sorted)
        {
            if (!glyph.IsBlank)
            {
                letters.Add(glyph);
                blankBefore.Add(isBlank && letters.Count > 1);
            }
            isBlank = glyph.IsBlank;
        }
        var gaps = Gaps(letters);
        var threshold = Threshold(letters, gaps, blankBefore);

        var words = new List<Word>();
        var first = 0;
        for (var i = 1; i <= letters.Count; i++)
        {
            if (i < letters.Count && !threshold.Parts(i, gaps[i], blankBefore[i]) && IsRaised(i) == IsRaised(first))
                continue;
            var isGlued = first > 0 && !threshold.Parts(first, gaps[first], blankBefore[first]);
            words.Add(Word(letters.GetRange(first, i - first)) with { IsGlued = isGlued, IsRaised = IsRaised(first) });
            first = i;
        }
        return words;

        bool IsRaised(int i) => raised.Contains(letters[i].Order);

        Word Word(List<Glyph> part)
        {
            var style = part.Aggregate(part[0].Style, (shared, glyph) => shared & glyph.Style);
            return new(RightToLeft.Letters(part), part[0].X0, part.Max(glyph => glyph.X1), y, part[0].Size, style,
                part.Min(glyph => glyph.Order));
        }
    }

    /// <summary>The gap before each letter in ems; the first has none.</summary>
    private static double[] Gaps(List<Glyph> letters)
    {
        var gaps = new double[letters.Count];
        for (var i = 1; i < letters.Count; i++)
            gaps[i] = (letters[i].X0 - letters[i - 1].X1) / Math.Max(letters[i].Size, letters[i - 1].Size);
        return gaps;
    }

    private readonly record struct Limit(double Gap, bool ByBlanks)
    {
        public bool Parts(int i, double gap, bool isBlank) => i > 0 && (ByBlanks && isBlank || gap > Gap);
    }

    /// <summary>
    /// Where the gaps between letters end and those between words begin: at the widest step between them.
    /// </summary>
    private static Limit Threshold(List<Glyph> letters, double[] gaps, List<bool> blankBefore)
    {
        var tracking = Tracking(letters, gaps);
        var blanks = blankBefore.Count(isBlank => isBlank);
        // "T H E": blanks between all letters are spacing and part nothing.
        var byBlanks = blanks > 0 && !(blanks >= 3 && blanks >= 0.75 * (letters.Count - 1));
        var sorted = gaps.Skip(1).Order().ToArray();
        var (limit, jump) = (tracking + Usual, 0.05);
        for (var i = 1; i < sorted.Length && sorted.Length >= 8; i++)
        {
            var (below, above) = (sorted[i - 1], Math.Min(sorted[i], tracking + 2 * Most));
            if (above - below <= jump || above < tracking + Least || below > tracking + Usual) continue;
            (limit, jump) = (Math.Clamp((above + below) / 2, tracking + Least, tracking + Most), above - below);
        }
        return new(limit, byBlanks);
    }

    /// <summary>
    /// How far the letters of a word stand apart in this row, in ems: nearly nothing but in letter-spaced lines.
    /// </summary>
    private static double Tracking(List<Glyph> letters, double[] gaps)
    {
        if (gaps.Length < 4 || letters.Count(glyph => char.IsLetter(glyph.Text[0])) < 0.6 * letters.Count) return 0;
        return Math.Max(0, Rows.Median(gaps.Skip(1)));
    }
}
