using System.Text.Json;

namespace LongT5.Formats;

/// <summary>Typed, bounded access to the fields of a JSON object; an absent field and null are the same.</summary>
readonly struct JsonFields(string path, JsonElement fields)
{
    public bool Has(string name) => Find(name) is not null;

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Bad(name, $"is {Show(value)}; a text was expected."),
    };

    public bool? Flag(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Bad(name, $"is {Show(value)}; true or false was expected."),
    };

    public int? Integer(string name, int least, int most) => Find(name) is { } value ? Integer(name, value, least, most) : null;

    /// <summary>A list, or one number that stands for a list of one.</summary>
    public int[]? Integers(string name, int least, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            return [Integer(name, value, least, most)];
        var self = this;
        return value.GetArrayLength() is > 0 and <= 4096
            ? [.. value.EnumerateArray().Select(item => self.Integer(name, item, least, most))]
            : throw Bad(name, "is a list of none or of very many.");
    }

    public float? Number(string name, float least, float most) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetSingle(out var number) && number >= least && number <= most
            => number,
        { } value => throw Bad(name, $"is {Show(value)}; a number from {least} to {most} was expected."),
    };

    /// <summary>A list of numbers that are not negative, of any size, but not of any count.</summary>
    public long[] Longs(string name, int most)
    {
        if (Find(name) is not { ValueKind: JsonValueKind.Array } value || value.GetArrayLength() == 0 || value.GetArrayLength() > most)
            throw Bad(name, $"must be a list of 1 to {most} numbers.");
        var self = this;
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number)
            && number >= 0 ? number : throw self.Bad(name, $"holds {Show(item)}; a number that is not negative was expected."))];
    }

    public JsonFields? Object(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new(path, value),
        { } value => throw Bad(name, $"is {Show(value)}; an object was expected."),
    };

    public BadFileException Bad(string name, string problem) => new(path, $"{name} {problem}");

    private JsonElement? Find(string name)
        => fields.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int Integer(string name, JsonElement value, int least, int most)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Bad(name, $"is {Show(value)}; a whole number from {least} to {most} was expected.");

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length > 60 ? text[..60] + "..." : text;
    }
}
