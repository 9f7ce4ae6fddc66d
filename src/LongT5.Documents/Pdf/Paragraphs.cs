namespace LongT5.Documents.Pdf;

/// <summary>Gathers the lines of a column into passages.</summary>
static class Paragraphs
{
    /// <summary>The passages of a column from top to bottom.</summary>
    public static List<Passage> Of(Column column, Typeface face)
    {
        var passages = new List<Passage>();
        Passage? open = null;
        var lines = column.Lines;
        for (var i = 0; i < lines.Count; i++)
        {
            if (Tables.At(column, i) is { } table)
            {
                passages.Add(table);
                (open, i) = (null, i + table.Lines.Count - 1);
                continue;
            }
            var next = i + 1 < lines.Count ? lines[i + 1] : null;
            if (open is not null && GoesOn(open, lines[i], next, face))
                open.Lines.Add(lines[i]);
            else
                passages.Add(open = new Passage(column, lines[i]));
        }
        return passages;
    }

    private static bool GoesOn(Passage passage, Line line, Line? next, Typeface face)
    {
        var (column, first, last) = (passage.Column, passage.Lines[0], passage.Lines[^1]);
        var em = Math.Max(last.Size, line.Size);
        // Code keeps its lines, and a blank one among them parts nothing.
        if (!face.IsFixed && last.Is(FontStyle.Fixed) && line.Is(FontStyle.Fixed)) return last.Y - line.Y < 3 * em;
        if (Math.Abs(last.Size - line.Size) > 0.07 * em && !IsShort(line)) return false;
        var distance = last.Y - line.Y;
        var leading = face.Leading(line, column);
        if (distance < 0.3 * em || distance > 1.22 * leading + 0.5) return false;
        if (ChangesWeight(last, line)) return false;
        if (StartsItem(passage, line)) return false;

        var isLarge = line.Size > 1.1 * face.Body && last.Size > 1.1 * face.Body;
        if (isLarge) return true;
        if (column.Rest(last) > Slack(column, last, line) + FirstWord(line).X1 - FirstWord(line).X0 + 0.3 * em)
            return false;
        if (column.Alignment != Alignment.Start || IsCentred(column, last, line)) return true;

        var step = column.Indent(line) - column.Indent(last);
        if (step > 0.6 * em)
            return IsItem(first.Text) || Markers.IsNote(first.Text) && first.Size < 0.95 * face.Body
                || passage.Lines.Count == 1 && !Script.EndsSentence(last.Text) && Hangs(column, line, next);
        if (step < -0.6 * em)
            return passage.Lines.Count == 1 && !IsItem(last.Text);
        return true;
    }

    /// <summary>
    /// How much wider than the next word a line's rest may be before the line counts as a paragraph's last.
    /// </summary>
    private static double Slack(Column column, Line last, Line line)
    {
        var goesOn = !Script.EndsSentence(last.Text) && FirstLetter(line.Text) is { } letter && char.IsLower(letter);
        return (goesOn ? 0.35 : 0.04) * column.Width;
    }

    private static bool StartsItem(Passage passage, Line line)
    {
        if (Markers.IsBullet(line.Text)) return true;
        if (!IsItem(line.Text)) return false;
        var (column, last) = (passage.Column, passage.Lines[^1]);
        return IsItem(passage.FirstText) || Script.EndsSentence(last.Text) || column.Rest(last) > 2 * last.Size;
    }

    private static bool IsItem(string text) => Markers.IsBullet(text) || Markers.IsNumber(text)
        || Markers.IsLabel(text);

    private static bool ChangesWeight(Line last, Line line)
    {
        var (was, has) = (last.Is(FontStyle.Bold), line.Is(FontStyle.Bold));
        if (was == has) return last.Is(FontStyle.Fixed) != line.Is(FontStyle.Fixed);
        return was ? !FirstWord(line).Style.HasFlag(FontStyle.Bold) : !last.Words[^1].Style.HasFlag(FontStyle.Bold);
    }

    private static bool Hangs(Column column, Line line, Line? next)
        => next is null || Math.Abs(column.Indent(next) - column.Indent(line)) < 0.5 * line.Size
            || column.Indent(next) < 0.5 * line.Size && line.Text.Length < 3;

    private static bool IsCentred(Column column, Line a, Line b)
    {
        var middle = (column.X0 + column.X1) / 2;
        return column.Indent(a) > a.Size && column.Indent(b) > b.Size && IsInMiddle(a) && IsInMiddle(b);

        bool IsInMiddle(Line line) => Math.Abs((line.X0 + line.X1) / 2 - middle) < 0.6 * line.Size;
    }

    private static bool IsShort(Line line) => line.Text.Length < 3;

    private static Word FirstWord(Line line) => line.IsRightToLeft ? line.Words[^1] : line.Words[0];

    private static char? FirstLetter(string text) => text.Length > 0 && char.IsLetter(text[0]) ? text[0] : null;
}
