using System.Text.Json;
using LongT5.Data.Files;

namespace LongT5.Data;

/// <summary>A JSON file that is one value, not a list of rows.</summary>
static class WholeJson
{
    /// <summary>The value; it is held in memory.</summary>
    public static JsonElement Read(DataFile file) => Read(Utf8Text.Open(file, note: null, out _), file);

    /// <summary>The value that a stream of a file holds; the stream is disposed.</summary>
    public static JsonElement Read(Stream stream, DataFile file)
    {
        using (stream)
        {
            try
            {
                var value = JsonSerializer.Deserialize(stream, DataJson.Default.JsonElement);
                return value.Unreadable() is { } problem ? throw new BadFileException(file.Where, problem) : value;
            }
            catch (JsonException e)
            {
                throw new BadFileException(file.Where,
                    $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: this is not JSON", cause: e);
            }
        }
    }

    /// <summary>Rows that a value nests, numbered from 1, as if they stood in a table.</summary>
    public static DataLayout Layout(
        string expects, Func<string, bool> claims, Func<JsonElement, IEnumerable<JsonElement>> rows,
        Func<Row, ReadOptions, IEnumerable<Example>> examples)
        => new(expects, (name, options) => Claims(name, options, claims), (path, options) =>
            DataFile.Under(path).Where(file => Claims(file.Name, options, claims))
                .SelectMany(file => TableLayout.Examples(RowsOf(file, rows), options, examples)));

    private static bool Claims(string name, ReadOptions options, Func<string, bool> claims)
        => claims(name) && (Splits.Of(name) ?? options.Split) == options.Split;

    private static IEnumerable<Row> RowsOf(DataFile file, Func<JsonElement, IEnumerable<JsonElement>> rows)
        => rows(Read(file)).Select((value, i) => new Row(file.Where, i + 1, value));
}
