using LongT5.Data.Files;

namespace LongT5.Data;

/// <summary>Layouts that are tables: one row, one example.</summary>
static class TableLayout
{
    /// <summary>
    /// Rows of JSON Lines, JSON, CSV, TSV or Parquet; a file that names no split counts
    /// where none names the one that is asked for.
    /// </summary>
    public static DataLayout Of(string expects, Func<Row, ReadOptions, IEnumerable<Example>> examples,
        Func<string, bool>? named = null)
        => new(expects, Claims: (name, options) => IsTable(name, named)
            && (Splits.Of(name) ?? options.Split) == options.Split, Read: (path, options) =>
        {
            var names = FileChoice.OfSplit(
                [.. DataFile.Under(path).Select(file => file.Name).Where(name => IsTable(name, named))], Splits.Of,
                options.Split).ToHashSet();
            return DataFile.Under(path).Where(file => names.Contains(file.Name))
                .SelectMany(file => Examples(Tables.Of(file, options), options, examples));
        });

    /// <summary>Tables that hold a document and its summary in columns of these names.</summary>
    public static DataLayout Summaries(string document, string summary) => Of(
        $"a table (JSONL, CSV or Parquet) with columns {document} and {summary}",
        (row, _) => [Example.Summarize(Name(row), row.Text(document), row.Texts(summary))]);

    /// <summary>The examples of rows; a row that gives none for a reason is bad.</summary>
    public static IEnumerable<Example> Examples(
        IEnumerable<Row> rows, ReadOptions options, Func<Row, ReadOptions, IEnumerable<Example>> examples)
        => Tables.Each(rows, options, row => examples(row, options).Select(Checked));

    /// <summary>What a row is called: its id, whatever the column's name, or file and line.</summary>
    public static string Name(Row row)
    {
        foreach (var column in (ReadOnlySpan<string>)["id", "article_id", "example_id", "question_id", "paper_id",
            "bill_id", "publication_number"])
        {
            if (row.Has(column)) return row.Label(column);
        }
        return $"{Path.GetFileName(row.File)}:{row.Number}";
    }

    private static bool IsTable(string name, Func<string, bool>? named) => FileChoice.IsTable(name)
        && (named is null || named(name));

    private static Example Checked(Example example)
        => string.IsNullOrWhiteSpace(example.Document) ? throw new BadRowException("the document is empty")
            : example.Targets.Count == 0 ? throw new BadRowException("there is no target")
            : example;
}
