namespace LongT5.Data.Sets;

/// <summary>SQuAD: questions whose answers are spans of a Wikipedia paragraph.</summary>
static class Squad
{
    public static readonly DataTask Task = new("squad", "SQuAD: questions and paragraphs", TaskMetric.Squad,
    [
        WholeJson.Layout("train-v1.1.json and dev-v1.1.json (or v2.0)",
            name => name.EndsWith(".json", StringComparison.Ordinal),
            whole => whole.Member("data").Items("data")
                .SelectMany(article => article.Member("paragraphs").Items("paragraphs")), Paragraph),
        TableLayout.Of("a table with columns id, question, context and answers",
            (row, _) => [Example.Answer(TableLayout.Name(row),
            row.Text("question"), row.Text("context"),
            [.. row["answers"].Member("text").Strings("text").Distinct().DefaultIfEmpty("")])]),
    ]);

    /// <summary>A question that the paragraph does not answer has the empty answer, as in version 2.</summary>
    private static IEnumerable<Example> Paragraph(Row row, ReadOptions options)
        => row["qas"].Items("qas")
            .Select(question => Example.Answer(question.String("id"), question.String("question"), row.Text("context"),
            [.. question.Member("answers").Items("answers").Select(answer => answer.String("text")).Distinct()
                .DefaultIfEmpty("")]));
}
