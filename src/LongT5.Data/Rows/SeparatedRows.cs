using System.Text.Json.Nodes;
using CsvHelper;
using LongT5.Data.Files;

namespace LongT5.Data.Rows;

/// <summary>Values between commas, semicolons or tabs, with a line of column names (RFC 4180).</summary>
static class SeparatedRows
{
    /// <summary>The rows of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="separators">What may stand between values; the one that makes
    /// most columns of the first line does.</param>
    /// <param name="options">What happens to bad rows.</param>
    public static IEnumerable<Row> Of(DataFile file, string separators, ReadOptions options)
    {
        var text = Utf8Text.Open(file, options.Note, out var head);
        using var csv = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = separators.MaxBy(separator => Columns(head, separator)),
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = TextRows.Longest,
            TrackLineNumbers = true,
        });
        string[]? names = null;
        while (Next(file, csv))
        {
            names ??= Names(file, csv.Headers);
            if (csv.FieldCount != names.Length)
                options.Bad(file.Where, csv.LineNumber, $"it has {Count(csv.FieldCount, "field")} where the first "
                    + $"line names {Count(names.Length, "column")}");
            else if (Values(file, csv, names, options) is { } values)
                yield return new Row(file.Where, csv.LineNumber, TextRows.Values(values));
        }
    }

    private static int Columns(string head, char separator)
    {
        var (count, isQuoted) = (1, false);
        foreach (var character in head)
        {
            if (character == '"') isQuoted = !isQuoted;
            else if (character == '\n' && !isQuoted) break;
            else if (character == separator && !isQuoted) count++;
        }
        return count;
    }

    /// <summary>The names of the columns; one that has none, as an index has none, is called by its place.</summary>
    private static string[] Names(DataFile file, IReadOnlyList<string> headers)
    {
        string[] names = [.. headers.Select((name, i) => string.IsNullOrWhiteSpace(name)
            ? $"column {i + 1}" : name.Trim())];
        return names.CountBy(name => name).FirstOrDefault(name => name.Value > 1).Key is { } twice
            ? throw new BadFileException(file.Where, $"row 1: two columns are called {twice}; rename one")
            : names;
    }

    private static bool Next(DataFile file, CsvReader csv)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException e)
        {
            var what = e.Message.LastIndexOf(" (byte", StringComparison.Ordinal) is > 0 and var end
                && e.Message.IndexOf("): ", StringComparison.Ordinal) is > 0 and var start && start < end
                ? e.Message[(start + 3)..end]
                : e.Message;
            throw new BadFileException(file.Where, $"row {e.LineNumber}: {what}; values with quotes or line breaks "
                + $"stand in quotes, and quotes in them twice", e.ByteOffset, e);
        }
    }

    private static JsonObject? Values(DataFile file, CsvReader csv, string[] names, ReadOptions options)
    {
        var values = new JsonObject();
        for (var i = 0; i < names.Length; i++)
        {
            if (TextRows.Decode(file, csv.LineNumber, csv.GetSpan(i), options) is not { } value) return null;
            values[names[i]] = value;
        }
        return values;
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
