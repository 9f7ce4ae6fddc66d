using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LongT5.Formats;
using Microsoft.Win32.SafeHandles;

namespace LongT5.Training.Data;

/// <summary>How the rows of a file are told apart.</summary>
internal enum RowKind
{
    Json,
    Csv,
    Text,
}

/// <summary>Where the rows of a file begin and end, and what stands in them.</summary>
internal static class Rows
{
    /// <summary>Finds the rows in one pass that also hashes the bytes.</summary>
    public static List<(long Offset, int Length)> Find(
        SafeFileHandle file, RowKind kind, IncrementalHash hash, string path)
    {
        var rows = new List<(long, int)>();
        byte[] buffer = new byte[1 << 20];
        long start = 0, at = 0;
        bool quoted = false, filled = false; // whether anything but space stands in the row
        for (int count; (count = RandomAccess.Read(file, buffer, at)) > 0; at += count)
        {
            hash.AppendData(buffer, 0, count);
            filled |= kind == RowKind.Text;
            for (int i = 0; kind != RowKind.Text && i < count; i++)
            {
                filled |= buffer[i] > ' ';
                if (kind == RowKind.Csv && buffer[i] == '"')
                    quoted = !quoted;
                else if (buffer[i] == '\n' && !quoted)
                    Close(at + i + 1);
            }
        }
        if (quoted)
            throw new BadFileException(path, "a quoted field is never closed", start);
        Close(at);
        return rows;

        void Close(long end)
        {
            if (end - start > Corpus.LongestRow)
                throw new BadFileException(path, $"a row has {end - start} bytes; at most {Corpus.LongestRow}", start);
            if (filled)
                rows.Add((start, (int)(end - start)));
            (start, filled) = (end, false);
        }
    }

    /// <summary>The texts, and the lists of texts, of a JSON object; its other values are passed over.</summary>
    public static void ReadJson(byte[] line, Dictionary<string, string[]> fields, string path, long offset)
    {
        try
        {
            ReadOnlySpan<byte> mark = "\uFEFF"u8; // some write it before the first line
            using JsonDocument document = JsonDocument.Parse(line.AsMemory(line.AsSpan().StartsWith(mark) ? mark.Length : 0));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new BadFileException(path, "a line is no JSON object", offset);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.String)
                    fields[property.Name] = [property.Value.GetString()!];
                else if (property.Value.ValueKind == JsonValueKind.Array
                    && property.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
                {
                    fields[property.Name] = [.. property.Value.EnumerateArray().Select(item => item.GetString()!)];
                }
            }
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            throw new BadFileException(path, $"a line is no JSON: {bad.Message}", offset, bad);
        }
    }

    /// <summary>The fields of a CSV record under their names.</summary>
    public static void ReadCsv(
        byte[] record, string[] names, Dictionary<string, string[]> fields, string path, long offset)
    {
        string[] values = SplitCsv(Encoding.UTF8.GetString(record), path, offset);
        if (values.Length != names.Length)
            throw new BadFileException(path, $"a record has {values.Length} fields, its header {names.Length}", offset);
        for (int i = 0; i < names.Length; i++)
            fields[names[i]] = [values[i]];
    }

    /// <summary>The fields of one record by RFC 4180.</summary>
    public static string[] SplitCsv(string record, string path, long offset)
    {
        record = record.TrimEnd('\r', '\n').TrimStart('\uFEFF');
        var fields = new List<string>();
        for (int at = 0; at <= record.Length;)
        {
            if (at < record.Length && record[at] == '"')
            {
                var field = new StringBuilder();
                for (at++; ; at++)
                {
                    if (at >= record.Length)
                        throw new BadFileException(path, "a quoted field is never closed", offset);
                    if (record[at] != '"')
                        field.Append(record[at]);
                    else if (at + 1 < record.Length && record[at + 1] == '"')
                        field.Append(record[at++]);
                    else
                        break;
                }
                if (++at < record.Length && record[at] != ',')
                    throw new BadFileException(path, "text follows the quote that closes a field", offset);
                fields.Add(field.ToString());
                at++;
            }
            else
            {
                int comma = record.IndexOf(',', at);
                int end = comma < 0 ? record.Length : comma;
                fields.Add(record[at..end]);
                at = end + 1;
            }
        }
        return [.. fields];
    }
}
