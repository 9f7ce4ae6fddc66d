using LongT5.Data.Files;
using LongT5.Data.Rows;

namespace LongT5.Data;

/// <summary>Which files of a folder or an archive hold the rows that are asked for, and which do not.</summary>
/// <param name="Names">The files that are read.</param>
/// <param name="Columns">Row by row the texts of columns, where subfolders are columns.</param>
sealed record FileChoice(
    IReadOnlySet<string> Names, IReadOnlyList<IReadOnlyList<(string Column, DataFile File)>>? Columns)
{
    /// <summary>Names that a message shows.</summary>
    private const int Shown = 6;

    /// <summary>Files that lie beside rows and hold none.</summary>
    private static readonly string[] Beside = ["readme", "license", "licence", "copying", "notice", "changelog",
        "citation", "sources", "dataset_info", "dataset_infos", "dataset_dict", "state"];

    /// <summary>Chooses by names.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at the path, or no rows of that split.</exception>
    public static FileChoice Of(string path, ReadOptions options)
    {
        var files = DataFile.Under(path).ToList();
        if (files is [{ Where: var only }] && only == path) return new(new HashSet<string> { files[0].Name }, null);

        var rows = files.Where(file => IsTable(file.Name)).ToList();
        var areTables = rows.Count > 0;
        if (!areTables) rows = [.. files.Where(file => TextRows.Is(file.Name, options) && !IsBeside(file.Name))];
        var read = OfSplit(rows, file => areTables ? Splits.Of(file.Name) : Splits.OfText(file.Name), options.Split);
        if (read.Count == 0)
        {
            throw new FileNotFoundException(rows.Count == 0
                ? $"{path} holds no rows: no JSONL, JSON, CSV, TSV or Parquet, and no text (.txt, "
                    + $".md){(files.Count == 0 ? "; it is empty" : $"; there are {Listed(files)}")}."
                : $"{path} holds no rows of the {Splits.Name(options.Split)} split; there are {Listed(rows)}.");
        }
        if (read.Count < files.Count)
            options.Note?.Invoke($"{path}: {Listed(read)} {(read.Count == 1 ? "is" : "are")} read; "
                + $"{Listed(files.Except(read))} {(files.Count - read.Count == 1 ? "is" : "are")} not.");
        return new(read.Select(file => file.Name).ToHashSet(), areTables ? null : InColumns(read));
    }

    /// <summary>Of files, those that name the split; where none does, those that name none.</summary>
    public static List<T> OfSplit<T>(IReadOnlyCollection<T> files, Func<T, Split?> split, Split asked)
        => files.Any(file => split(file) == asked)
            ? [.. files.Where(file => split(file) == asked)]
            : [.. files.Where(file => split(file) is null)];

    /// <summary>Whether a file of this name is a table, and not what data sets lay beside their tables.</summary>
    public static bool IsTable(string name) => Tables.Kind(name) is not null && !IsBeside(name);

    private static bool IsBeside(string name)
        => name.Split('/').Any(part => part.StartsWith('.'))
            || Beside.Contains(Path.GetFileName(name).Split('.')[0], StringComparer.OrdinalIgnoreCase);

    /// <summary>Texts that lie under equal names in several folders, row by row; null where they do not.</summary>
    private static List<IReadOnlyList<(string, DataFile)>>? InColumns(List<DataFile> texts)
    {
        var columns = texts.GroupBy(file => Path.GetDirectoryName(file.Name) ?? "").ToList();
        var rows = texts.GroupBy(file => Path.GetFileNameWithoutExtension(CompressedFile.Unpacked(file.Name)),
            StringComparer.Ordinal).ToList();
        if (columns.Count < 2 || columns.Exists(column => column.Key.Length == 0)
            || !rows.Exists(row => row.Count() == columns.Count)) return null;
        return texts.Find(text => !File.Exists(text.Where)) is { } packed
            ? throw new BadFileException(packed.Where,
                "texts whose folders are columns are read from disk; unpack the archive that they are in")
            : [.. rows.OrderBy(row => row.Key, StringComparer.Ordinal)
                .Select(row => row.Select(file => (Path.GetFileName(Path.GetDirectoryName(file.Name)!), file))
                    .ToList())];
    }

    private static string Listed(IEnumerable<DataFile> files)
    {
        var names = files.Select(file => file.Name).ToList();
        return string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");
    }
}
