using System.Globalization;

namespace LongT5.Documents.Pdf;

/// <summary>The table of words that <c>tesseract</c> writes for a page, as lines.</summary>
static class RecognisedPage
{
    private readonly record struct Entry(string Line, double Left, double Top, double Width, double Height,
        double Confidence, string Text)
    {
        public double Bottom => Top + Height;

        public bool Descends
            => Text.Any(c => c is 'g' or 'j' or 'p' or 'q' or 'y' or 'Q' or ',' or ';' or '(' or ')' or '[' or ']');

        private bool Ascends => Text.Any(c => char.IsUpper(c) || char.IsDigit(c) || "bdfhklt()[]!?".Contains(c));

        /// <summary>The size of a font whose letters have ink as high as this word's.</summary>
        public double Size => Height / ((Ascends ? 0.7 : 0.48) + (Descends ? 0.21 : 0));
    }

    /// <summary>Lines in points, and the mean confidence of the words.</summary>
    /// <param name="page">Its number.</param>
    /// <param name="table">Twelve columns: level, page, block, paragraph, line, word, left,
    /// top, width, height, confidence, text.</param>
    /// <param name="scale">Points for each dot.</param>
    /// <param name="height">The page's height in points.</param>
    public static (List<Line> Lines, double Confidence) Of(int page, string table, double scale, double height)
    {
        var entries = table.Split('\n').Skip(1).Select(Read).OfType<Entry>().ToList();
        var lines = entries.GroupBy(entry => entry.Line).Select(same => same.ToList()).ToList();
        var usual = Rows.Median(lines.Select(Size));
        var order = 0;
        var found = new List<Line>();
        foreach (var line in lines)
        {
            // Ink says a size only roughly: near the page's usual size it is the usual size.
            var size = Size(line);
            if (size > 0.75 * usual && size < 1.13 * usual) size = usual;
            var standing = line.Where(entry => !entry.Descends).ToList();
            var bottom = standing.Count > 0
                ? Rows.Median(standing.Select(entry => entry.Bottom)) : line.Max(entry => entry.Bottom) - 0.21 * size;
            found.Add(new(page, [.. line.Select(entry => new Word(Spelling.Of(entry.Text), entry.Left * scale,
                (entry.Left + entry.Width) * scale, height - bottom * scale, size * scale, FontStyle.Plain,
                order++))]));
        }
        var confidence = entries.Count > 0 ? entries.Average(entry => entry.Confidence) : 0;
        return ([.. found.OrderByDescending(line => line.Y)], confidence);
    }

    private static Entry? Read(string row)
    {
        var fields = row.TrimEnd('\r').Split('\t');
        if (fields.Length < 12 || fields[0] != "5" || string.IsNullOrWhiteSpace(fields[11]) || Number(fields[10]) < 0)
            return null;
        return new(string.Join('.', fields[1..5]), Number(fields[6]), Number(fields[7]), Number(fields[8]),
            Number(fields[9]), Number(fields[10]), fields[11]);
    }

    private static double Number(string field)
        => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static double Size(List<Entry> line) => Rows.Median(line.Select(entry => entry.Size));
}
