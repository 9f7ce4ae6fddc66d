namespace LongT5.Documents.Pdf;

/// <summary>A page as rows over its whole width, and what was found beside them.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Rows">From top to bottom.</param>
/// <param name="Sideways">Rows of what stands sideways on it, a table for example, each direction by itself.</param>
/// <param name="Stamps">What is printed across it or into its margins and is no part of its text.</param>
sealed record PageRows(int Number, List<Line> Rows, List<List<Line>> Sideways, List<string> Stamps)
{
    public static PageRows Of(PageLetters letters)
    {
        var stamps = new List<string>();
        if (!string.IsNullOrWhiteSpace(letters.Stamp)) stamps.Add(letters.Stamp);
        var turned = letters.ByDirection.Select(glyphs => Pdf.Rows.Of(letters.Number, glyphs)).ToList();
        // A page that was drawn lying on its side is read as it is held.
        var main = turned[0].Count > 0 ? turned[0] : turned.MaxBy(rows => rows.Count)!;
        var sideways = new List<List<Line>>();
        foreach (var rows in turned.Where(rows => rows.Count > 0 && rows != main))
        {
            // One line alone up the margin is a stamp, a side heading or the page's number.
            if (rows.Count == 1 && main.Count > 3
                || rows.All(row => Furniture.IsCounted(row.Text) || row.Text.All(char.IsDigit)))
                stamps.AddRange(rows.Select(row => row.Text));
            else
                sideways.Add(rows);
        }
        return new(letters.Number, main, sideways, stamps);
    }
}
