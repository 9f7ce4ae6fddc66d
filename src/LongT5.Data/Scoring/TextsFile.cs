using LongT5.Data.Files;
using LongT5.Data.Rows;

namespace LongT5.Data.Scoring;

/// <summary>A file of texts in the order of the examples: a line each, or rows of a table.</summary>
public static class TextsFile
{
    /// <summary>Columns that hold what was written, the likeliest first.</summary>
    public static IReadOnlyList<string> PredictionColumns { get; } = ["prediction", "summary", "text", "output"];

    /// <summary>Columns that hold what should have been written, the likeliest first.</summary>
    public static IReadOnlyList<string> ReferenceColumns { get; } = ["reference", "references", "target", "targets",
        "summary", "text", "prediction"];

    /// <summary>The texts of each row: several where a column holds a list.</summary>
    /// <param name="path">JSON Lines, JSON, CSV, TSV, Parquet, or anything else for a text a line.</param>
    /// <param name="columns">Of a table: the first of these that there is.</param>
    /// <param name="advice">What to do about a row that has no text there, in the words of the program at hand.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="BadFileException">A row holds no text there.</exception>
    public static IEnumerable<IReadOnlyList<string>> Read(string path, IReadOnlyList<string> columns, string advice)
    {
        var file = new DataFile(Path.GetFileName(path), path, () => File.OpenRead(path));
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} does not exist, or is no file.");
        var options = new ReadOptions();
        return Tables.Kind(path) is null
            ? TextRows.Lines(file, options).Select(line => (IReadOnlyList<string>)[line.Line])
            : Tables.Each(Tables.Of(file, options), options with { Advice = advice },
                row => (IReadOnlyList<string>[])[row.Texts([.. columns])]);
    }
}
