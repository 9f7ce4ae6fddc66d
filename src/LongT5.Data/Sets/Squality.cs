namespace LongT5.Data.Sets;

/// <summary>SQuALITY: science-fiction stories, five questions to each, four summaries for every answer.</summary>
static class Squality
{
    public static readonly DataTask Task = new("squality", "SQuALITY: stories, questions, four summaries each",
        TaskMetric.Rouge,
        [TableLayout.Of("train.jsonl and dev.jsonl", Questions)]);

    private static IEnumerable<Example> Questions(Row row, ReadOptions options)
    {
        var (story, id) = (row.Text("document"), row["metadata"].String("passage_id"));
        return row["questions"].Items("questions")
            .Select(question => Example.Answer($"{id}:{question.Member("question_number").GetRawText()}",
            question.String("question_text"), story,
            [.. question.Member("responses").Items("responses").Select(one => one.String("response_text"))]));
    }
}
