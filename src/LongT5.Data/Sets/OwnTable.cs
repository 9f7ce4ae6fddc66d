using LongT5.Data.Rows;

namespace LongT5.Data.Sets;

/// <summary>Any table with a column to read and a column to write, as a user brings it.</summary>
static class OwnTable
{
    public static readonly DataTask Task = new("table", "A table of one's own: JSONL, CSV, TSV or Parquet",
        TaskMetric.Rouge,
    [
        TableLayout.Of("a table with columns document and summary, source and target, text and summary, or with others "
            + "that are named", Examples),
        new("texts (.txt) under equal names in two folders, document and summary",
            (name, options) => TextRows.Is(name, options) && name.Contains('/')
                && (Splits.OfText(name) ?? options.Split) == options.Split,
            (path, options) => TableLayout.Examples(Tables.Read(path, options), options, Examples)),
    ]);

    /// <summary>The input is the column as it stands: no prefix is put before it.</summary>
    private static IEnumerable<Example> Examples(Row row, ReadOptions options)
    {
        var (source, target) = UsualColumns.Pair(row, options.SourceColumn, options.TargetColumn);
        yield return new Example
        {
            Id = TableLayout.Name(row),
            Document = row.Text(source),
            Targets = row.Texts(target),
        };
    }
}
