using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Data.Files;

namespace LongT5.Data.Rows;

/// <summary>Plain text: lines of a file that is read line by line, or the whole of a file as one row.</summary>
static class TextRows
{
    /// <summary>The column of a text that stands alone.</summary>
    public const string Column = "text";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A line, or a text, that is longer is taken for a file that is not what it says.</summary>
    public const int Longest = 512 << 20;

    /// <summary>Whether a file in a folder is a text that can be read, by its extension, compression aside.</summary>
    public static bool Is(string name, ReadOptions options) => IsPlain(name) || IsDocument(name, options);

    /// <summary>The whole file as one row.</summary>
    public static IEnumerable<Row> Whole(DataFile file, ReadOptions options)
    {
        if (Text(file, options) is { } text) yield return new Row(file.Where, 1, Values(new() { [Column] = text }));
    }

    /// <summary>Files of texts whose folders are columns and whose equal names are one row.</summary>
    public static IEnumerable<Row> Columns(IEnumerable<IReadOnlyList<(string Column, DataFile File)>> rows,
        ReadOptions options)
    {
        foreach (var (i, row) in rows.Index())
        {
            var values = new JsonObject();
            foreach (var (column, file) in row)
            {
                if (Text(file, options) is not { } text) break;
                values[column] = text;
            }
            if (values.Count == row.Count) yield return new Row(row[0].File.Where, i + 1, Values(values));
        }
    }

    /// <summary>The lines of a text file, numbered from 1; one that is not sound is a bad row.</summary>
    public static IEnumerable<(long Number, string Line)> Lines(DataFile file, ReadOptions options)
    {
        using var stream = Utf8Text.Open(file, options.Note, out _);
        foreach (var line in Lines(stream, file, options)) yield return line;
    }

    /// <summary>The lines of a stream of UTF-8.</summary>
    public static IEnumerable<(long Number, string Line)> Lines(Stream stream, DataFile file, ReadOptions options)
    {
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
                if (Decode(file, number, buffer.WrittenSpan[start..stop].TrimEnd((byte)'\r'), options) is { } line)
                    yield return (number, line);
                start = stop + 1;
            }
            if (buffer.WrittenCount - start > Longest)
                throw new BadFileException(file.Where,
                    $"row {number + 1} is longer than {Longest >> 20} MiB: this is no file of lines");
            var left = start < buffer.WrittenCount ? buffer.WrittenSpan[start..].ToArray() : [];
            if (start == 0 && !ended) continue;
            buffer.ResetWrittenCount();
            buffer.Write(left);
        }
    }

    /// <summary>The text of bytes, or null where they are not sound: that row is bad.</summary>
    public static string? Decode(DataFile file, long number, ReadOnlySpan<byte> bytes, ReadOptions options)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            options.Bad(file.Where, number, $"byte {e.Index} of it is not UTF-8");
            return null;
        }
    }

    /// <summary>Values as a row has them.</summary>
    public static JsonElement Values(JsonObject values) => values.Deserialize(DataJson.Default.JsonElement);

    private static bool IsPlain(string name) => Ending(name) is ".txt" or ".text" or ".md" or ".markdown";

    private static bool IsDocument(string name, ReadOptions options)
        => options.Documents is { } documents && documents.Endings.Contains(Ending(name));

    private static string Ending(string name) => Path.GetExtension(CompressedFile.Unpacked(name)).ToLowerInvariant();

    private static string? Text(DataFile file, ReadOptions options)
    {
        if (!IsPlain(file.Name) && IsDocument(file.Name, options))
        {
            using var document = file.OpenText();
            return options.Documents!.Read(file.Where, document);
        }
        using var stream = Utf8Text.Open(file, options.Note, out _);
        using var bytes = new MemoryStream();
        var chunk = new byte[1 << 16];
        for (int count; (count = stream.Read(chunk)) > 0;)
        {
            bytes.Write(chunk, 0, count);
            if (bytes.Length > Longest)
                throw new BadFileException(file.Where,
                    $"it is longer than {Longest >> 20} MiB: split it into several texts");
        }
        var text = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (text.IndexOf((byte)0) is >= 0 and var at)
            throw new BadFileException(file.Where, "it is no text: a zero byte stands in it", at);
        return Decode(file, 1, text, options);
    }
}
