namespace LongT5.Documents.Pdf;

/// <summary>Tells captions, footnotes and labels in figures from the text that they interrupt.</summary>
static class Notes
{
    /// <summary>
    /// Marks them among the passages of one column, which stand from top to bottom;
    /// footnotes stand in the lower half of a page.
    /// </summary>
    public static void Mark(IReadOnlyList<Passage> passages, Typeface face, double middle)
    {
        foreach (var passage in passages.Where(passage => passage.Kind == BlockKind.Paragraph))
        {
            if (Markers.IsCaption(passage.FirstText) && passage.Lines.Count <= 12)
                (passage.Kind, passage.IsFloat) = (BlockKind.Caption, true);
            else if (IsLabel(passage, face))
                passage.IsFloat = true;
        }
        MarkFootnotes(passages, face, middle);
    }

    /// <summary>
    /// From the foot of the column upwards: small text down to the first passage that begins with a note's mark.
    /// </summary>
    private static void MarkFootnotes(IReadOnlyList<Passage> passages, Typeface face, double middle)
    {
        var first = passages.Count;
        for (var i = passages.Count - 1; i >= 0 && IsSmall(passages[i], face) && passages[i].Lines[0].Y < middle; i--)
            if (Markers.IsNote(passages[i].FirstText))
                first = i;
        for (var i = first; i < passages.Count; i++)
            (passages[i].Kind, passages[i].IsFloat) = (BlockKind.Footnote, true);
    }

    /// <summary>
    /// The signs of all footnotes with their pages: the text's own signs for them are not read aloud.
    /// </summary>
    public static HashSet<(int Page, string Mark)> Marks(IEnumerable<Passage> passages)
        => [.. passages.Where(passage => passage.Kind == BlockKind.Footnote).SelectMany(note => note.Lines)
            .Select(line => (line.Page, Markers.Mark(line.Text))).Where(mark => mark.Item2.Length > 0)];

    private static bool IsSmall(Passage passage, Typeface face)
        => passage.Kind is BlockKind.Paragraph && passage.Lines.All(line => line.Size < 0.93 * face.Body);

    private static bool IsLabel(Passage passage, Typeface face)
        => passage.Lines.Count == 1 && passage.Size < 0.95 * face.Body && passage.Lines[0].Words.Count <= 4
            && !Script.EndsSentence(passage.FirstText);
}
