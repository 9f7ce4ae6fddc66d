namespace LongT5.Data.Sets;

/// <summary>Tables of one's own for models with a head of labels; their columns are those of <c>longt5 train</c>.
/// </summary>
static class HeadTables
{
    /// <summary>The name of the task whose documents are words, to be tagged.</summary>
    public const string Entities = "entities";

    public static readonly IReadOnlyList<DataTask> Tasks =
    [
        Of("classes", "A table of texts, each with one label", TaskMetric.Classes, "text and label", OneLabel),
        Of("labels", "A table of texts, each with any number of labels", TaskMetric.Labels, "text and labels",
            (row, options) => OfText(row, options, labels => string.Join(';', labels))),
        Of("numbers", "A table of texts, each with a number", TaskMetric.Numbers, "text and score", OneLabel),
        Of(Entities, "Tagged words: CoNLL columns, or a table", TaskMetric.Entities, "tokens and tags", Tagged),
        Of("answers", "A table of questions whose answers stand in the text", TaskMetric.Squad,
            "question, context and answers", Asked),
    ];

    private static DataTask Of(string name, string about, TaskMetric metric, string columns,
        Func<Row, ReadOptions, IEnumerable<Example>> examples)
        => new(name, about, metric,
            [TableLayout.Of($"a table with columns {columns}, or with others that are named", examples)]);

    private static IEnumerable<Example> OneLabel(Row row, ReadOptions options) => OfText(row, options,
        labels => labels.Count == 1 ? labels[0] : throw new BadRowException($"it has {labels.Count} labels where one "
            + $"is expected (the task labels takes any number)"));

    private static IEnumerable<Example> OfText(
        Row row, ReadOptions options, Func<IReadOnlyList<string>, string> target) =>
    [
        new()
        {
            Id = TableLayout.Name(row),
            Document = row.Text(UsualColumns.Named(row, options.SourceColumn, [.. UsualColumns.Texts, "sentence"])),
            Targets = [target(row.Labels(UsualColumns.Named(row, options.TargetColumn, UsualColumns.Labels)))],
        },
    ];

    private static IEnumerable<Example> Tagged(Row row, ReadOptions options)
    {
        var tagged = TaggedSentence.Of(row, options.SourceColumn, options.TargetColumn);
        if (tagged.Words.Count == 0) yield break;
        yield return new()
        {
            Id = TableLayout.Name(row),
            Document = tagged.Text,
            Words = tagged.Words,
            Targets = [string.Join(' ', tagged.Tags)],
        };
    }

    private static IEnumerable<Example> Asked(Row row, ReadOptions options)
    {
        var asked = AnsweredQuestion.Of(row, options.SourceColumn, "question", options.TargetColumn);
        yield return Example.Answer(TableLayout.Name(row), asked.Question, asked.Context,
            [.. asked.Answers.Select(answer => answer.Text).Distinct().DefaultIfEmpty("")]);
    }
}
