using System.Text;
using LongT5.Tasks;

namespace LongT5.Documents.Reports;

/// <summary>A report in Markdown: the summary, its passages as notes, doubts, and the numbers.</summary>
static class ReportMarkdown
{
    /// <summary>The report; a passage that was read for several sentences is one note.</summary>
    public static string Write(Report report)
    {
        var (summary, text, notes) = (report.Summary, new StringBuilder(), new List<Passage>());
        text.Append($"# {Escape(report.Title)}\n\n");
        Append(text, summary, notes);
        foreach (var section in summary.Sections)
        {
            text.Append($"\n## {Escape(section.Heading ?? "Beginning")}\n\n");
            Append(text, section.Summary, notes);
        }
        foreach (var warning in report.Document.Notes.Concat(summary.Warnings))
            text.Append($"\n> {Escape(warning)}\n");
        text.Append(notes.Count > 0 ? "\n## Passages\n" : "");
        foreach (var (i, note) in notes.Index())
            text.Append($"\n[^{i + 1}]: \u201c{Escape(note.Text)}\u201d{Where(report.Document.PlaceOf(note.Start))}\n");
        if (report.Figures.Count > 0) text.Append("\n---\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in report.Figures) text.Append($"| {Escape(name)} | {Escape(value)} |\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, Summary summary, List<Passage> notes)
    {
        for (var i = 0; i < summary.Sentences.Count; i++)
        {
            text.Append($"{i + 1}. {Escape(summary.Sentences[i])}");
            foreach (var passage in summary.Evidence?[i] ?? [])
            {
                if (notes.FindIndex(note => note.Start == passage.Start) is var known && known < 0)
                    notes.Add(passage);
                text.Append($" [^{(known < 0 ? notes.Count : known + 1)}]");
            }
            text.Append('\n');
            foreach (var doubt in summary.Doubts.Where(doubt => doubt.Sentence == i))
                text.Append($"   - **Doubt:** {Escape(doubt.Reason)}\n");
        }
    }

    /// <summary>A text in one line, of which nothing is markup.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var sign in string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            escaped.Append(sign switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '\\' or '`' or '*' or '_' or '[' or ']' or '#' or '|' or '~' or '!' => $"\\{sign}",
                _ => sign.ToString(),
            });
        return escaped.ToString();
    }

    private static string Where(Place place)
    {
        string[] parts = [.. new[] { place.Section, place.Page is { } page ? $"page {page}" : null }.OfType<string>()];
        return parts.Length == 0 ? "" : $" ({Escape(string.Join(", ", parts))})";
    }
}
