using System.Text.Json;
using System.Text.RegularExpressions;

namespace LongT5.Data.Sets;

/// <summary>Natural Questions: questions to a search engine, answered from a Wikipedia page.</summary>
/// <remarks>
/// As the authors of LongT5 prepare it: the context is the page's top-level long answer candidates without their HTML,
/// every mark set off by blanks; the target is the first annotation that answers, or NULL.
/// </remarks>
static partial class NaturalQuestions
{
    public static readonly DataTask Task = new("nq", "Natural Questions: questions and Wikipedia pages",
        TaskMetric.Squad,
        [TableLayout.Of("nq-train-*.jsonl.gz and nq-dev-*.jsonl.gz (whole or simplified), or Parquet with columns "
            + "document, question and annotations", Examples)]);

    private sealed record Span(int Start, int End);

    private static IEnumerable<Example> Examples(Row row, ReadOptions options)
    {
        var (words, isHtml) = Tokens(row);
        string Text(Span span)
            => string.Join(" ", Enumerable.Range(span.Start, span.End - span.Start).Where(i => !isHtml[i])
                .Select(i => words[i]));

        var context = string.Join(" ", Candidates(row["long_answer_candidates"], words.Count).Select(Text)
            .Where(text => text.Length > 0));
        var question = row.Has("question_text") ? row.Text("question_text") : row["question"].String("text");
        var answer = Answers(row["annotations"], words.Count).Select(found => found switch
        {
            { Short.Count: > 0 } => string.Join(" ", found.Short.Select(Text)),
            _ => found.YesNo,
        }).FirstOrDefault(text => text is not null) ?? "NULL";
        return [Example.Answer(TableLayout.Name(row), Spaced(question), Spaced(context), Spaced(answer))];
    }

    /// <summary>Marks stand alone: the reference tokenizes so on both sides.</summary>
    private static string Spaced(string text) => Blanks().Replace(Mark().Replace(text, " $1 "), " ").Trim();

    private static (IReadOnlyList<string> Words, IReadOnlyList<bool> IsHtml) Tokens(Row row)
    {
        if (row.Has("document_text"))
        {
            var simplified = row.Text("document_text").Split(' ');
            return (simplified, [.. simplified.Select(word => word.StartsWith('<') && word.EndsWith('>'))]);
        }
        if (row.Has("document_tokens"))
        {
            var tokens = row["document_tokens"].Items("document_tokens").ToList();
            return ([.. tokens.Select(token => token.String("token"))],
                [.. tokens.Select(token => token.Member("html_token").ValueKind == JsonValueKind.True)]);
        }
        var columns = row["document"].Member("tokens");
        var (words, html) = (columns.Member("token").Strings("token"), columns.Member("is_html").Items("is_html")
            .Select(value => value.ValueKind == JsonValueKind.True).ToList());
        return words.Count == html.Count
            ? (words, html) : throw new BadRowException($"{words.Count} tokens have {html.Count} marks of HTML");
    }

    private static IEnumerable<Span> Candidates(JsonElement candidates, int length)
        => Structs(candidates).Where(one => one.Member("top_level").ValueKind == JsonValueKind.True)
            .Select(one => SpanOf(one, length)).OfType<Span>();

    private static IEnumerable<(IReadOnlyList<Span> Short, string? YesNo)> Answers(JsonElement annotations, int length)
        => Structs(annotations).Select(one =>
            ((IReadOnlyList<Span>)[.. Structs(one.Member("short_answers")).Select(found => SpanOf(found, length))
                .OfType<Span>()], YesNo(one.Member("yes_no_answer"))));

    private static string? YesNo(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is "YES" or "NO" ? value.GetString() : null,
        JsonValueKind.Number => value.GetInt32() switch { 0 => "NO", 1 => "YES", _ => null },
        _ => throw new BadRowException($"yes_no_answer holds {Row.Kind(value)}"),
    };

    private static Span? SpanOf(JsonElement value, int length)
    {
        if (!value.Member("start_token").TryGetInt32(out var start) || !value.Member("end_token")
            .TryGetInt32(out var end))
            throw new BadRowException("start_token and end_token are no whole numbers");
        if (start < 0) return null;
        return start <= end && end <= length
            ? new(start, end) : throw new BadRowException($"tokens {start} to {end} of {length} are asked for");
    }

    /// <summary>A list of objects; the hub's exports hold it as an object of lists.</summary>
    private static IEnumerable<JsonElement> Structs(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array) return value.EnumerateArray();
        var columns = value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().ToList()
            : throw new BadRowException($"{Row.Kind(value)} stands where a list is expected");
        var count = columns.Count == 0 ? 0 : columns.Min(column => column.Value.Items(column.Name).Count());
        return Enumerable.Range(0, count).Select(i => JsonSerializer.SerializeToElement(
            new Dictionary<string, JsonElement>(
                columns.Select(column => KeyValuePair.Create(column.Name, column.Value[i]))),
                DataJson.Default.DictionaryStringJsonElement));
    }

    [GeneratedRegex(@"(\W)")]
    private static partial Regex Mark();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
