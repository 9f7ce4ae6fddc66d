using LongT5.Data.Files;
using LongT5.Data.Rows;

namespace LongT5.Data;

/// <summary>
/// The one reader of tables: JSON Lines, JSON lists, CSV (commas or semicolons), TSV, CoNLL's columns and Parquet,
/// plain or packed, in any encoding, alone, in folders and archives; and texts, a file each.
/// </summary>
public static class Tables
{
    /// <summary>The rows at a path, one at a time; nothing is kept.</summary>
    /// <param name="path">
    /// A file, which is read whatever its name says of a split. Or a folder or an archive: its tables, those of other
    /// splits left out; where it has none, its texts (.txt, .md, and documents that the options read), each a row with
    /// the column <c>text</c>; where these lie in several
    /// subfolders under equal names, each subfolder is a column and each name a row.
    /// </param>
    /// <param name="options">Which split, and what happens to bad rows; <see cref="ReadOptions.Limit"/>
    /// counts examples and is not heeded.</param>
    /// <exception cref="FileNotFoundException">There is nothing at the path, or no rows of that split.</exception>
    /// <exception cref="BadFileException">A file is damaged, or a row is bad and bad rows are not skipped.</exception>
    public static IEnumerable<Row> Read(string path, ReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var chosen = FileChoice.Of(path, options);
        return chosen.Columns is { } columns
            ? TextRows.Columns(columns, options)
            : DataFile.Under(path).Where(file => chosen.Names.Contains(file.Name))
                .SelectMany(file => Of(file, options));
    }

    /// <summary>
    /// What is made of rows; a row of which nothing can be made is bad, as <paramref name="options"/> say.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="options">What happens to bad rows.</param>
    /// <param name="make">Makes any number of things of a row; throws
    /// <see cref="BadRowException"/> for a bad one.</param>
    /// <exception cref="BadFileException">A row is bad, and bad rows are not skipped.</exception>
    public static IEnumerable<T> Each<T>(IEnumerable<Row> rows, ReadOptions options, Func<Row, IEnumerable<T>> make)
    {
        foreach (var row in rows)
        {
            List<T> made;
            try
            {
                made = [.. make(row)];
            }
            catch (BadRowException e)
            {
                options.Bad(row.File, row.Number, e.Message);
                continue;
            }
            foreach (var one in made) yield return one;
        }
    }

    /// <summary>Whether the name of a file is that of a table, packed or not.</summary>
    public static bool IsTable(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Kind(name) is not null;
    }

    /// <summary>The rows of one file.</summary>
    internal static IEnumerable<Row> Of(DataFile file, ReadOptions options) => Kind(file.Name) switch
    {
        ".csv" => SeparatedRows.Of(file, ",;\t|", options),
        ".tsv" => SeparatedRows.Of(file, "\t", options),
        ".parquet" => ParquetRows.Of(file),
        ".conll" => ConllRows.Of(file, options),
        null => TextRows.Whole(file, options),
        _ => JsonRows.Of(file, options),
    };

    /// <summary>
    /// The extension that says how the rows of a table are written, compression
    /// aside: <c>.jsonl</c>; or null where none does.
    /// </summary>
    internal static string? Kind(string name)
    {
        var extension = Path.GetExtension(CompressedFile.Unpacked(name)).ToLowerInvariant();
        return extension is ".jsonl" or ".ndjson" or ".json" or ".csv" or ".tsv" or ".parquet" ? extension
            : extension is ".conll" or ".bio" or ".iob" or ".iob2" ? ".conll" : null;
    }
}
