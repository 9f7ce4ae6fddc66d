using System.Text.Json;

namespace LongT5.Data.Sets;

/// <summary>QMSum: meetings, and queries about them with summaries for answers.</summary>
static class QMSum
{
    public static readonly DataTask Task = new("qmsum", "QMSum: meetings, queries and their summaries",
        TaskMetric.Rouge,
    [
        WholeJson.Layout("a JSON file a meeting in train, val and test",
            name => name.EndsWith(".json", StringComparison.Ordinal), meeting => [meeting], Queries),
        TableLayout.Of("train, val and test as JSONL, a meeting a line", Queries),
    ]);

    private static IEnumerable<Example> Queries(Row row, ReadOptions options)
    {
        var transcript = string.Join("\n", row["meeting_transcripts"].Items("meeting_transcripts")
            .Select(turn => $"{turn.String("speaker")}: {turn.String("content")}"));
        var meeting = Path.GetFileNameWithoutExtension(row.File);
        var number = 0;
        foreach (var list in (string[])["general_query_list", "specific_query_list"])
        {
            foreach (JsonElement query in row[list].Items(list))
                yield return Example.Answer($"{meeting}:{row.Number}:{++number}", query.String("query"), transcript,
                    query.String("answer"));
        }
    }
}
