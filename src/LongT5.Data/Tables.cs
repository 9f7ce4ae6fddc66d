namespace LongT5.Data;

/// <summary>Layouts that are tables: one row, one example.</summary>
static class Tables
{
    /// <summary>Rows of JSON Lines, JSON, CSV, TSV or Parquet; a file that names no split counts for every split.</summary>
    public static DataLayout Of(string expects, Func<Row, ReadOptions, IEnumerable<Example>> examples, Func<string, bool>? named = null)
        => new(expects, Claims: (name, options) => IsTable(name, options, named), Read: (path, options) =>
            DataFile.Under(path).Where(file => IsTable(file.Name, options, named))
                .SelectMany(file => Read(Rows.Of(file, options), options, examples)));

    /// <summary>Tables that hold a document and its summary in columns of these names.</summary>
    public static DataLayout Summaries(string document, string summary) => Of(
        $"a table (JSONL, CSV or Parquet) with columns {document} and {summary}",
        (row, _) => [Example.Summarize(Name(row), row.Text(document), row.Texts(summary))]);

    /// <summary>The examples of rows; a row that gives none for a reason is bad.</summary>
    public static IEnumerable<Example> Read(
        IEnumerable<Row> rows, ReadOptions options, Func<Row, ReadOptions, IEnumerable<Example>> examples)
    {
        foreach (var row in rows)
        {
            List<Example> made = [];
            try
            {
                foreach (var example in examples(row, options)) made.Add(Checked(example));
            }
            catch (BadRowException e)
            {
                options.Bad(row.File, row.Number, e.Message);
                continue;
            }
            foreach (var example in made) yield return example;
        }
    }

    /// <summary>What a row is called: its id, whatever the column's name, or file and line.</summary>
    public static string Name(Row row)
    {
        foreach (var column in (ReadOnlySpan<string>)["id", "article_id", "example_id", "question_id", "paper_id", "bill_id", "publication_number"])
        {
            if (row.Has(column)) return row.Text(column);
        }
        return $"{Path.GetFileName(row.File)}:{row.Number}";
    }

    private static bool IsTable(string name, ReadOptions options, Func<string, bool>? named)
        => Rows.Kind(name) is not null && (named is null || named(name)) && (Splits.Of(name) ?? options.Split) == options.Split;

    private static Example Checked(Example example)
        => string.IsNullOrWhiteSpace(example.Document) ? throw new BadRowException("the document is empty")
            : example.Targets.Count == 0 ? throw new BadRowException("there is no target")
            : example;
}
