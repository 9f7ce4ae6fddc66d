using System.Text.Json;

namespace LongT5.Formats;

/// <summary>A place in a JSON file that knows its name, so that each error says where it is.</summary>
readonly struct JsonField(JsonElement element, string name, string path)
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="BadFileException">It is not JSON.</exception>
    public static JsonField Parse(ReadOnlyMemory<byte> file, string path)
    {
        try
        {
            if (file.Span.StartsWith("\ufeff"u8)) file = file[3..];
            if (!System.Text.Unicode.Utf8.IsValid(file.Span)) throw new BadFileException(path, "it is not UTF-8, which JSON is written in");
            return new(JsonDocument.Parse(file, new() { AllowDuplicateProperties = false }).RootElement, "", path);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new BadFileException(path, $"it is not valid JSON: {broken.Message}", null, broken);
        }
    }

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>A property; null where the object has none.</summary>
    public JsonField this[string property]
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object) throw Expected("an object");
            try
            {
                return new(element.TryGetProperty(property, out var value) ? value : default, name.Length == 0 ? property : $"{name}.{property}", path);
            }
            catch (InvalidOperationException broken)
            {
                throw new BadFileException(path, $"{name} has a property whose name is not valid text: {broken.Message}", null, broken);
            }
        }
    }

    public IEnumerable<JsonField> Items()
    {
        if (element.ValueKind != JsonValueKind.Array) throw Expected("a list");
        var i = 0;
        foreach (var item in element.EnumerateArray()) yield return new(item, $"{name}[{i++}]", path);
    }

    public string Text()
    {
        if (element.ValueKind != JsonValueKind.String) throw Expected("a text");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw new BadFileException(path, $"{name} is not valid text: {broken.Message}", null, broken);
        }
    }

    public bool Flag() => element.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Expected("true or false") };

    public bool Flag(bool otherwise) => IsNull ? otherwise : Flag();

    public double Number()
        => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Expected("a number");

    public int Whole(int most)
        => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) && value >= 0 && value <= most ? value
            : throw Expected($"a whole number from 0 to {most}");

    public BadFileException Expected(string what)
    {
        var found = IsNull ? "nothing" : element.GetRawText();
        return new(path, $"{(name.Length == 0 ? "the file" : name)} is {(found.Length <= 60 ? found : found[..60] + "...")}; expected {what}");
    }
}
