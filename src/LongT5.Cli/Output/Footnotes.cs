using System.Globalization;
using System.Text;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Cli.Output;

/// <summary>
/// A summary as text with its passages as footnotes: <c>[1]</c> behind a sentence, the quotation below.
/// </summary>
static class Footnotes
{
    /// <summary>The summary and its notes; a passage that was read for several sentences is one note.</summary>
    public static string Write(Summary summary, Document document)
    {
        var (text, notes, done) = (new StringBuilder(), new List<Passage>(), 0);
        foreach (var (sentence, passages) in summary.Sentences.Zip(summary.Evidence!))
        {
            var end = summary.Text.IndexOf(sentence, done, StringComparison.Ordinal) + sentence.Length;
            text.Append(summary.Text, done, end - done);
            done = end;
            foreach (var passage in passages)
            {
                var number = notes.FindIndex(note => note.Start == passage.Start) + 1;
                if (number == 0)
                {
                    notes.Add(passage);
                    number = notes.Count;
                }
                text.Append(CultureInfo.InvariantCulture, $" [{number}]");
            }
        }
        text.Append('\n');
        foreach (var (i, note) in notes.Index())
            text.Append(CultureInfo.InvariantCulture, $"\n[{i + 1}] {Quoted(note.Text)}")
                .Append(Where(document.PlaceOf(note.Start)));
        return text.Append('\n', notes.Count > 0 ? 1 : 0).ToString();
    }

    private static string Quoted(string text)
        => $"\u201c{string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}\u201d";

    private static string Where(Place place)
    {
        string[] parts = [.. new[] { place.Section, place.Page is { } page ? $"page {page}" : null }.OfType<string>()];
        return parts.Length == 0 ? "" : $" ({string.Join(", ", parts)})";
    }
}
