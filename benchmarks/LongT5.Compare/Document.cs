using System.Text.Json;
using LongT5.Tasks;

namespace LongT5.Compare;

/// <summary>A real text, and what is said to sum it up, where that is known.</summary>
sealed record Document(string Text, string? Summary)
{
    /// <summary>Paragraphs of a book that make one document.</summary>
    private const int Characters = 12_000;

    /// <summary>
    /// The documents of a file: JSON Lines with <c>document</c> or <c>text</c>, and perhaps
    /// <c>summary</c>; or a plain text, in parts.
    /// </summary>
    public static IEnumerable<Document> Read(string path)
        => path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)
            ? File.ReadLines(path).Select(Row) : Parts(File.ReadAllText(path));

    private static Document Row(string line)
    {
        using var row = JsonDocument.Parse(line);
        string? Column(string name) => row.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        return new(Column("document") ?? Column("text")
            ?? throw new ArgumentException($"A row has neither document nor text: {line[..Math.Min(80, line.Length)]}"),
                Column("summary"));
    }

    private static IEnumerable<Document> Parts(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start + Characters >= text.Length
                ? text.Length : text.IndexOf("\n\n", start + Characters, StringComparison.Ordinal);
            if (end < 0) end = text.Length;
            yield return new(text[start..end].Trim(), null);
            start = end;
        }
    }
}
