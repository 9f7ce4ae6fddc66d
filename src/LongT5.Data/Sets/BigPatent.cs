using LongT5.Data.Files;
using LongT5.Data.Rows;

namespace LongT5.Data.Sets;

/// <summary>BigPatent: US patents, description to abstract.</summary>
static class BigPatent
{
    public static readonly DataTask Task = new("patent_summarization",
        "BigPatent: descriptions and abstracts of US patents", TaskMetric.Rouge,
    [
        new("train, val and test with a folder a class (a to h, y) of .gz files, packed or not",
            (name, options) => IsOriginal(name, options.Split), (path, options) =>
                DataFile.Under(path).Where(file => IsOriginal(file.Name, options.Split))
                    .SelectMany(file => TableLayout.Examples(JsonRows.Lines(file, options), options, Original))),
        TableLayout.Summaries("description", "abstract"),
    ]);

    /// <summary>The hundredth part of the validation split that the authors of LongT5 watched while training.</summary>
    public static readonly DataTask Reduced = Task with
    {
        Name = "patent_summarization_reduced",
        Layouts =
            [.. Task.Layouts.Select(
                layout => layout with { Read = (path, options) => Hundredth(layout, path, options) })],
    };

    private static bool IsOriginal(string name, Split split)
        => name.EndsWith(".gz", StringComparison.Ordinal) && Tables.Kind(name) is null && Splits.Of(name) == split;

    private static IEnumerable<Example> Original(Row row, ReadOptions options)
        => [Example.Summarize(row.Label("publication_number"), row.Text("description"), row.Text("abstract"))];

    private static IEnumerable<Example> Hundredth(DataLayout layout, string path, ReadOptions options)
    {
        var all = layout.Read(path, options);
        return options.Split == Split.Validation
            ? all.Take((int)Math.Max(1, Math.Round(layout.Read(path, options).LongCount() / 100.0))) : all;
    }
}
