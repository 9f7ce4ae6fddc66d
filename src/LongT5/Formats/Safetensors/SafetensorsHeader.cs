using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// The JSON at the head of a safetensors file, taken word by word: nothing is kept that is not asked for.
/// </summary>
sealed class SafetensorsHeader
{
    private const int HighestRank = 8;

    private readonly string _path;
    private readonly HashSet<string> _names = [];

    private SafetensorsHeader(string path) => _path = path;

    public readonly record struct Entry(string Name, ElementType Type, long[] Shape, long Start, long End);

    public List<Entry> Entries { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, int mostTensors)
    {
        var header = new SafetensorsHeader(path);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        try
        {
            header.Read(ref reader, mostTensors);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Broken JSON; strings that are not Unicode; numbers that are not integers of 64 bits.
            throw new BadFileException(path, $"the header is not the JSON of a safetensors file: {e.Message}",
                8 + reader.BytesConsumed, e);
        }
        return header;
    }

    private void Read(ref Utf8JsonReader reader, int mostTensors)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            if (!_names.Add(name))
                throw Bad(ref reader, $"the name {name} stands there twice.");
            if (_names.Count > mostTensors)
                throw Bad(ref reader, $"more than {mostTensors} tensors.");
            if (name == "__metadata__")
                ReadMetadata(ref reader);
            else
                Entries.Add(ReadEntry(ref reader, name));
        }
        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
            throw Bad(ref reader, $"__metadata__ is {reader.TokenType}; an object was expected.");
        if (reader.TokenType == JsonTokenType.Null)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String);
            if (!Metadata.TryAdd(name, reader.GetString()!))
                throw Bad(ref reader, $"the name {name} stands in __metadata__ twice.");
        }
    }

    private Entry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        ElementType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype") && type is null)
                type = ReadType(ref reader, name);
            else if (reader.ValueTextEquals("shape") && shape is null)
                shape = ReadNumbers(ref reader, HighestRank);
            else if (reader.ValueTextEquals("data_offsets") && offsets is null)
                offsets = ReadNumbers(ref reader, 2);
            else
                throw Bad(ref reader,
                    $"tensor {name} has {reader.GetString()} twice or beside dtype, shape and data_offsets.");
        }
        if (type is null || shape is null || offsets is not [var start, var end])
            throw Bad(ref reader, $"tensor {name} lacks one of dtype, shape and data_offsets (two numbers).");
        return end < start
            ? throw Bad(ref reader, $"tensor {name} ends at {end}, before it starts at {start}.")
            : new(name, type.Value, shape, start, end);
    }

    private ElementType ReadType(ref Utf8JsonReader reader, string tensor)
    {
        Expect(ref reader, JsonTokenType.String);
        return reader.GetString() switch
        {
            "F32" => ElementType.F32,
            "BF16" => ElementType.BF16,
            "F16" => ElementType.F16,
            "F64" => ElementType.F64,
            "I8" => ElementType.I8,
            "U8" => ElementType.U8,
            "I16" or "U16" => ElementType.I16,
            "I32" or "U32" => ElementType.I32,
            "I64" or "U64" => ElementType.I64,
            "BOOL" => ElementType.Bool,
            var other => throw Bad(ref reader, $"tensor {tensor} is of type {other}, which is not read here."),
        };
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, int most)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        var numbers = new List<long>(most);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == most || reader.TokenType != JsonTokenType.Number || reader.GetInt64() < 0)
                throw Bad(ref reader, $"at most {most} numbers that are not negative were expected.");
            numbers.Add(reader.GetInt64());
        }
        return [.. numbers];
    }

    private string Name(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > Safetensors.LongestName)
            throw Bad(ref reader, $"a name of {reader.ValueSpan.Length} bytes; {Safetensors.LongestName} are allowed.");
        var name = reader.GetString()!;
        return name.Any(char.IsControl) ? throw Bad(ref reader, "a name with control characters.") : name;
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw Bad(ref reader, $"{type} was expected, {reader.TokenType} found.");
    }

    private BadFileException Bad(ref Utf8JsonReader reader, string problem)
        => new(_path, "the header is wrong: " + problem, 8 + reader.TokenStartIndex);
}
