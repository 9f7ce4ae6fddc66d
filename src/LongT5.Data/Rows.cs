using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using LongT5.Formats;

namespace LongT5.Data;

/// <summary>The rows of a table: JSON Lines, a JSON list, CSV, TSV or Parquet, plain or compressed; one at a time.</summary>
static class Rows
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A line that is longer is taken for a file that is not what it says.</summary>
    private const int LongestLine = 512 << 20;

    /// <summary>The extension that says how the rows are written, compression aside: <c>.jsonl</c>; or null where none does.</summary>
    public static string? Kind(string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (extension is ".gz" or ".zst" or ".xz") extension = Path.GetExtension(name[..^extension.Length]).ToLowerInvariant();
        return extension is ".jsonl" or ".ndjson" or ".json" or ".csv" or ".tsv" or ".parquet" ? extension : null;
    }

    /// <summary>The rows of one file; bad ones as <paramref name="options"/> say.</summary>
    public static IEnumerable<Row> Of(DataFile file, ReadOptions options) => Kind(file.Name) switch
    {
        ".csv" => Separated(file, options, ','),
        ".tsv" => Separated(file, options, '\t'),
        ".json" => List(file, options),
        ".parquet" => ParquetRows.Of(file),
        _ => Lines(file, options),
    };

    /// <summary>One JSON object a line; empty lines are passed over.</summary>
    public static IEnumerable<Row> Lines(DataFile file, ReadOptions options)
    {
        foreach (var (number, line) in TextLines(file, options))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (Parse(file, number, line, options) is { } row) yield return row;
        }
    }

    /// <summary>The lines of a text file, numbered from 1; one that is not UTF-8 is a bad row.</summary>
    public static IEnumerable<(long Number, string Line)> TextLines(DataFile file, ReadOptions options)
    {
        using var stream = file.OpenText();
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        var number = 0L;
        for (var ended = false; !ended;)
        {
            var room = buffer.GetSpan(1 << 16);
            var count = stream.Read(room);
            ended = count == 0;
            var scanned = buffer.WrittenCount;
            buffer.Advance(count);

            var start = 0;
            while (start < buffer.WrittenCount)
            {
                var rest = buffer.WrittenSpan[Math.Max(start, scanned)..];
                var end = rest.IndexOf((byte)'\n');
                if (end < 0 && !ended) break;
                var stop = end < 0 ? buffer.WrittenCount : Math.Max(start, scanned) + end;
                number++;
                if (Decode(file, number, buffer.WrittenSpan[start..stop], options) is { } line) yield return (number, line);
                start = stop + 1;
            }
            if (buffer.WrittenCount - start > LongestLine)
                throw new BadFileException(file.Where, $"row {number + 1} is longer than {LongestLine >> 20} MiB: this is no file of lines");
            var left = start < buffer.WrittenCount ? buffer.WrittenSpan[start..].ToArray() : [];
            if (start == 0 && !ended) continue;
            buffer.ResetWrittenCount();
            buffer.Write(left);
        }
    }

    /// <summary>A JSON list of objects, streamed: the list may be larger than memory.</summary>
    private static IEnumerable<Row> List(DataFile file, ReadOptions options)
    {
        using var stream = file.OpenText();
        var items = JsonSerializer.DeserializeAsyncEnumerable(stream, DataJson.Default.JsonElement).ToBlockingEnumerable().GetEnumerator();
        using (items)
        {
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
                    throw new BadFileException(file.Where, $"row {number}: this is no list of JSON objects: {e.Message}", cause: e);
                }
                if (Checked(file, number, value, options) is { } row) yield return row;
            }
        }
    }

    /// <summary>Comma- or tab-separated values with a line of column names (RFC 4180).</summary>
    private static IEnumerable<Row> Separated(DataFile file, ReadOptions options, char separator)
    {
        using var csv = CsvReader.Create(file.OpenText(), new CsvReaderOptions
        {
            Separator = separator,
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = LongestLine,
            TrackLineNumbers = true,
        });
        while (Next(file, csv))
        {
            if (csv.FieldCount != csv.Headers.Count)
            {
                options.Bad(file.Where, csv.LineNumber,
                    $"it has {csv.FieldCount} fields where the first line names {csv.Headers.Count} columns");
            }
            else if (Fields(file, csv, options) is { } values)
            {
                yield return new Row(file.Where, csv.LineNumber, values);
            }
        }
    }

    private static bool Next(DataFile file, CsvReader csv)
    {
        try
        {
            return csv.Read();
        }
        catch (CsvFormatException e)
        {
            throw new BadFileException(file.Where, $"row {e.LineNumber}: {e.Message}", e.ByteOffset, e);
        }
    }

    private static JsonElement? Fields(DataFile file, CsvReader csv, ReadOptions options)
    {
        var values = new JsonObject();
        for (var i = 0; i < csv.FieldCount; i++)
        {
            if (Decode(file, csv.LineNumber, csv.GetSpan(i), options) is not { } field) return null;
            if (!values.TryAdd(csv.Headers[i], JsonValue.Create(field)))
                throw new BadFileException(file.Where, $"two columns are called {csv.Headers[i]}");
        }
        return values.Deserialize(DataJson.Default.JsonElement);
    }

    private static Row? Parse(DataFile file, long number, string line, ReadOptions options)
    {
        try
        {
            return Checked(file, number, JsonElement.Parse(line, Strict), options);
        }
        catch (JsonException e)
        {
            options.Bad(file.Where, number, $"it is not JSON: {e.Message}");
            return null;
        }
    }

    private static Row? Checked(DataFile file, long number, JsonElement value, ReadOptions options)
    {
        var problem = value.ValueKind == JsonValueKind.Object ? value.Unreadable() : $"it holds {Row.Kind(value)} where an object is expected";
        if (problem is null) return new Row(file.Where, number, value);
        options.Bad(file.Where, number, problem);
        return null;
    }

    private static string? Decode(DataFile file, long number, ReadOnlySpan<byte> bytes, ReadOptions options)
    {
        if (number == 1 && bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        try
        {
            return Utf8.GetString(bytes.TrimEnd((byte)'\r'));
        }
        catch (DecoderFallbackException e)
        {
            options.Bad(file.Where, number, $"byte {e.Index} of it is not UTF-8");
            return null;
        }
    }
}
