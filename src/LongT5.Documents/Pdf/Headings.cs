using System.Text;

namespace LongT5.Documents.Pdf;

/// <summary>Tells headings by their size, weight and capitals, and by the document's own outline.</summary>
sealed class Headings(Typeface face, IReadOnlyDictionary<string, int> outline)
{
    private const int Longest = 200;

    /// <summary>
    /// Marks the headings among the passages of a document, and gives them levels: the larger the higher.
    /// </summary>
    public void Mark(IReadOnlyList<Passage> passages)
    {
        var found = new List<Passage>();
        for (var i = 0; i < passages.Count; i++)
            if (passages[i].Kind == BlockKind.Paragraph && (IsHeading(passages[i]) || IsNumberedTitle(passages, i)
                || IsTitledQuestion(passages, i)))
                found.Add(passages[i]);
        var looks = found.Select(Look).Distinct().OrderDescending().ToList();
        foreach (var heading in found)
        {
            heading.Kind = BlockKind.Heading;
            heading.Level = outline.TryGetValue(Plain(Text(heading)), out var level)
                ? level : 1 + looks.IndexOf(Look(heading));
        }
    }

    private bool IsHeading(Passage passage)
    {
        var text = Text(passage);
        if (text.Length > Longest || passage.Lines.Count > 4 || !text.Any(char.IsLetter)) return false;
        if (outline.ContainsKey(Plain(text))) return true;
        // The head of a table that was not found is none of the text.
        if (passage.Lines.Any(Tables.IsRow)) return false;
        if (Markers.IsBullet(text) || text[^1] is ',' or ';' or ':' || Markers.IsCaption(text)) return false;
        var isSentence = text[^1] is '.' && text.Length > 60;
        if (passage.Lines.All(line => line.Size > 1.1 * face.Body)) return !isSentence && text.Length > 1;
        if (passage.Size < 0.9 * face.Body || isSentence) return false;
        if (!face.IsBold && passage.Lines.All(line => line.Is(FontStyle.Bold))) return true;
        return IsCapitals(text) && passage.Lines.Count <= 2 && text.Length <= 80;
    }

    /// <summary>"2 Methods" on a line of its own between paragraphs, and no item of a list.</summary>
    private static bool IsNumberedTitle(IReadOnlyList<Passage> passages, int at)
    {
        var passage = passages[at];
        if (passage.Lines.Count > 1 || passage.FirstText.Length > 80 || !Markers.IsNumberedTitle(passage.FirstText))
            return false;
        return IsText(at - 1) && IsText(at + 1) && passage.Column.Rest(passage.Lines[0]) > 0.2 * passage.Column.Width;

        bool IsText(int i) => i < 0 || i < passages.Count
            && (passages[i].Lines.Count > 1 || passages[i].Kind != BlockKind.Paragraph
            || !Markers.IsNumberedTitle(passages[i].FirstText));
    }

    /// <summary>"What Is Power?" on a line of its own, after a whole sentence and before more text.</summary>
    private static bool IsTitledQuestion(IReadOnlyList<Passage> passages, int at)
    {
        var passage = passages[at];
        return passage.Lines.Count == 1 && passage.FirstText.Length <= 80 && Markers.IsTitledQuestion(passage.FirstText)
            && passage.Column.Rest(passage.Lines[0]) > 0.2 * passage.Column.Width
            && (at == 0 || passages[at - 1].Kind != BlockKind.Paragraph
                || Script.EndsSentence(passages[at - 1].LastLine.Text))
            && at + 1 < passages.Count && ReferenceEquals(passages[at + 1].Column, passage.Column)
            && (passages[at + 1].Lines.Count > 1 || Markers.IsBullet(passages[at + 1].FirstText));
    }

    private static bool IsCapitals(string text)
        => text.Count(char.IsUpper) >= 4 && !text.Any(char.IsLower) && text.Count(char.IsDigit) * 2 < text.Length;

    private static (double, bool) Look(Passage passage)
        => (Math.Round(passage.Size), passage.Lines[0].Is(FontStyle.Bold));

    private static string Text(Passage passage) => string.Join(' ', passage.Lines.Select(line => line.Text));

    /// <summary>
    /// A heading's letters and digits alone, without its number: outlines and pages differ in all the rest.
    /// </summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var c in text)
            if (char.IsLetter(c) || plain.Length > 0 && char.IsDigit(c))
                plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }
}
