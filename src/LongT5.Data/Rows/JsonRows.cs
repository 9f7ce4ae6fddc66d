using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LongT5.Data.Files;

namespace LongT5.Data.Rows;

/// <summary>
/// JSON objects: one a line, the items of a list, or those of a list that is the only one in an object; of SQuAD's
/// files the questions.
/// </summary>
static partial class JsonRows
{
    /// <summary>Characters of what stands in the place of JSON that a message shows.</summary>
    private const int Shown = 24;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The rows of a file, in whichever of the forms its first characters announce.</summary>
    public static IEnumerable<Row> Of(DataFile file, ReadOptions options)
    {
        var stream = Utf8Text.Open(file, options.Note, out var head);
        var begin = head.TrimStart();
        if (begin.StartsWith('[')) return List(stream, file, options);
        if (SquadFile().IsMatch(begin)) return Nested(stream, file, options);
        // An object that the first line does not end is the whole file.
        var firstLine = begin.Split('\n', 2);
        return firstLine.Length == 2 && firstLine[0].StartsWith('{') && !firstLine[0].TrimEnd().EndsWith('}')
            && !file.Name.Contains(".jsonl", StringComparison.OrdinalIgnoreCase)
            ? Nested(stream, file, options)
            : Lines(stream, file, options);
    }

    /// <summary>One JSON object a line; empty lines are passed over.</summary>
    public static IEnumerable<Row> Lines(DataFile file, ReadOptions options)
        => Lines(Utf8Text.Open(file, options.Note, out _), file, options);

    private static IEnumerable<Row> Lines(Stream stream, DataFile file, ReadOptions options)
    {
        using (stream)
        {
            foreach (var (number, line) in TextRows.Lines(stream, file, options))
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                if (Parse(file, number, line, options) is { } row) yield return row;
            }
        }
    }

    /// <summary>A JSON list of objects, streamed: the list may be larger than memory.</summary>
    private static IEnumerable<Row> List(Stream stream, DataFile file, ReadOptions options)
    {
        using (stream)
        {
            using var items = JsonSerializer.DeserializeAsyncEnumerable(stream, DataJson.Default.JsonElement)
                .ToBlockingEnumerable().GetEnumerator();
            for (var number = 1L; ; number++)
            {
                JsonElement value;
                try
                {
                    if (!items.MoveNext()) yield break;
                    value = items.Current;
                }
                catch (JsonException e)
                {
                    throw new BadFileException(file.Where,
                        $"after row {number - 1}, {Place(e)}: this is no list of JSON objects", cause: e);
                }
                if (Checked(file, number, value, options) is { } row) yield return row;
            }
        }
    }

    /// <summary>One object, held in memory, with one list of objects in it: these are the rows.</summary>
    private static IEnumerable<Row> Nested(Stream stream, DataFile file, ReadOptions options)
    {
        var whole = WholeJson.Read(stream, file);
        var lists = whole.Members().Where(member => member.Value.ValueKind == JsonValueKind.Array
            && member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)).ToList();
        if (lists.Count != 1)
        {
            throw new BadFileException(file.Where, $"it is one JSON object with the members "
                + $"{string.Join(", ", whole.Members().Select(member => member.Name).Take(8))}; "
                + "an object a line, a list of objects, or an object with one such list is expected");
        }
        var items = lists[0].Value.EnumerateArray();
        return (items.Any(SquadRows.IsArticle) ? items.SelectMany(SquadRows.Of) : items)
            .Select((value, i) => Checked(file, i + 1, value, options)).OfType<Row>();
    }

    // SQuAD's own files have no line break at all.
    [GeneratedRegex("""^\{\s*("version"\s*:\s*("[^"]*"|[\d.]+)\s*,\s*)?"data"\s*:\s*\[""")]
    private static partial Regex SquadFile();

    private static Row? Parse(DataFile file, long number, string line, ReadOptions options)
    {
        try
        {
            return Checked(file, number, JsonElement.Parse(line, Strict), options);
        }
        catch (JsonException e)
        {
            options.Bad(file.Where, number, Problem(line, e));
            return null;
        }
    }

    /// <summary>What the parser says of a line, in words of the line.</summary>
    private static string Problem(string line, JsonException e)
    {
        if (e.BytePositionInLine is not { } bytes)
            return $"a column stands in it twice: "
                + $"{e.Message.Split('\'') switch { [_, var name, ..] => name, _ => "see its names" }}";
        var utf8 = Encoding.UTF8.GetBytes(line);
        var at = Encoding.UTF8.GetCharCount(utf8, 0, (int)Math.Min(bytes, utf8.Length));
        var found = at >= line.Length ? "its end" : line.Length - at <= Shown
            ? line[at..] : line[at..(at + Shown)] + "...";
        return $"it is not JSON: found {found} at character {at + 1}";
    }

    private static string Place(JsonException e) => $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    private static Row? Checked(DataFile file, long number, JsonElement value, ReadOptions options)
    {
        var problem = value.ValueKind == JsonValueKind.Object
            ? value.Unreadable() : $"it holds {Row.Kind(value)} where an object is expected";
        if (problem is null) return new Row(file.Where, number, value);
        options.Bad(file.Where, number, problem);
        return null;
    }
}
