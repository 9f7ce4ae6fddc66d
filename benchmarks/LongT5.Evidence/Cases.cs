using System.Text.Json;
using LongT5.Data.Scoring;
using LongT5.Tasks;
using LongT5.Text;

namespace LongT5.Evidence;

/// <summary>Where cases come from: a folder with the data sets, each as published.</summary>
static class Cases
{
    private const int ChangedOfDocument = 6;

    /// <summary>What the model writes when it need not quote: the sentences of it that stand in the text.</summary>
    public static IEnumerable<Case> Quoted(LongT5Model model, string data, int count)
    {
        var summarizer = new Summarizer(model);
        foreach (var text in Sections(data, count))
        {
            var summary = summarizer.Summarize(text, new() { Quoting = Quoting.Free });
            var pieces = Pieces(text);
            var right = summary.Sentences.Select(sentence => Matching(pieces, sentence)).ToArray();
            yield return new("quoted", text, [.. summary.Sentences], right);
        }
    }

    /// <summary>Sentences of held-out sections, changed; of each section some of each kind.</summary>
    public static IEnumerable<Case> Changed(string data, int count)
    {
        var random = new Random(1);
        foreach (var text in Sections(data, count))
        {
            var pieces = Pieces(text);
            int[] whole = [.. Enumerable.Range(0, pieces.Length).Where(i => Sentences.IsWhole(pieces[i])
                && pieces[i].EndsWith('.') && Matching(pieces, pieces[i]).Length == 1)];
            if (whole.Length < 2) continue;
            foreach (var kind in Changes.Kinds)
            {
                var (made, right) = (new List<string>(), new List<int[]>());
                for (var tries = 0; tries < 50 && made.Count < ChangedOfDocument; tries++)
                {
                    var (first, second) = (whole[random.Next(whole.Length)], whole[random.Next(whole.Length)]);
                    var changed = first == second ? null : Changes.Make(kind, pieces[first], pieces[second], random);
                    if (changed is not { } sentence) continue;
                    made.Add(sentence);
                    right.Add(kind is "two joined" or "all at once" ? [first, second] : [first]);
                }
                yield return new(kind, text, [.. made], [.. right]);
            }
        }
    }

    /// <summary>One-sentence summaries of abstracts, by their authors and reviewers.</summary>
    public static IEnumerable<Case> SciTldr(string data, int count)
    {
        foreach (var row in Rows(Path.Combine(data, "scitldr", "dev.jsonl"), count))
        {
            var text = string.Join(' ', row.GetProperty("source").EnumerateArray().Select(part => part.GetString()));
            yield return Human("SciTLDR", text, row.GetProperty("target").EnumerateArray().First().GetString()!);
        }
    }

    /// <summary>What happens in stories, told by people: the first two answers to the first question.</summary>
    public static IEnumerable<Case> Squality(string data, int count)
    {
        foreach (var row in Rows(Path.Combine(data, "squality", "dev.jsonl"), count))
            foreach (var response in row.GetProperty("questions")[0].GetProperty("responses").EnumerateArray().Take(2))
                yield return Human("SQuALITY", row.GetProperty("document").GetString()!,
                    response.GetProperty("response_text").GetString()!);
    }

    /// <summary>Sections of textbooks and their printed summaries; what those were made from nobody says.</summary>
    public static IEnumerable<Case> Printed(string data, int count)
    {
        foreach (var row in Rows(Path.Combine(data, "openstax", "sections-val.jsonl"), count))
        {
            var summary = Pieces(row.GetProperty("summary").GetString()!);
            yield return new("printed", row.GetProperty("document").GetString()!, summary, []);
        }
    }

    private static Case Human(string kind, string text, string summary)
    {
        string[] sentences = [.. Sentences.Split(summary).Select(range => summary[range])];
        return new(kind, text, sentences, [.. sentences.Select(sentence => Oracle.Chosen(text, sentence).ToArray())]);
    }

    private static IEnumerable<string> Sections(string data, int count)
        => Rows(Path.Combine(data, "openstax", "sections-val.jsonl"), count)
            .Select(row => row.GetProperty("document").GetString()!);

    /// <summary>Rows spread over a whole file.</summary>
    private static IEnumerable<JsonElement> Rows(string path, int count)
    {
        string[] lines = [.. File.ReadLines(path).Where(line => line.Length > 0)];
        count = Math.Min(count, lines.Length);
        return Enumerable.Range(0, count)
            .Select(i => JsonDocument.Parse(lines[(long)i * lines.Length / count]).RootElement);
    }

    private static string[] Pieces(string text) => [.. Sentences.Split(text).Select(range => text[range])];

    private static int[] Matching(string[] pieces, string sentence)
        => [.. Enumerable.Range(0, pieces.Length).Where(i => Line(pieces[i]) == Line(sentence))];

    private static string Line(string text)
        => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
