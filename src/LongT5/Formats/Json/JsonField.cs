using System.Text.Json;

namespace LongT5.Formats;

/// <summary>A place in a JSON file that knows its name, so that each error says where it is. An absent field and null are the same.</summary>
/// <param name="element">What stands there.</param>
/// <param name="path">The file.</param>
/// <param name="name">The way to it from the root, such as <c>model.vocab[3]</c>; empty for the root itself.</param>
readonly struct JsonField(JsonElement element, string path, string name = "")
{
    /// <summary>Reads a whole file.</summary>
    /// <exception cref="BadFileException">It is not JSON.</exception>
    public static JsonField Parse(ReadOnlyMemory<byte> file, string path)
    {
        try
        {
            if (file.Span.StartsWith("\ufeff"u8)) file = file[3..];
            if (!System.Text.Unicode.Utf8.IsValid(file.Span)) throw new BadFileException(path, "it is not UTF-8, which JSON is written in");
            return new(JsonDocument.Parse(file, new() { AllowDuplicateProperties = false }).RootElement, path);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw new BadFileException(path, $"it is not valid JSON: {broken.Message}", null, broken);
        }
    }

    /// <summary>Whether nothing stands there.</summary>
    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>The field if something stands there: <c>fields["eps"].Given?.Number() ?? 1e-6</c>.</summary>
    public JsonField? Given => IsNull ? null : this;

    /// <summary>A property; null where the object has none.</summary>
    public JsonField this[string property]
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object) throw Expected("an object");
            try
            {
                return new(element.TryGetProperty(property, out var value) ? value : default, path, name.Length == 0 ? property : $"{name}.{property}");
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
        foreach (var item in element.EnumerateArray()) yield return new(item, path, $"{name}[{i++}]");
    }

    /// <summary>The items of a list of bounded length.</summary>
    public IReadOnlyList<JsonField> Items(int least, int most)
        => element.ValueKind == JsonValueKind.Array && element.GetArrayLength() is var count && count >= least && count <= most ? [.. Items()]
            : throw Expected($"a list of {least} to {most}");

    /// <summary>A list, or one value that stands for a list of one.</summary>
    public IReadOnlyList<JsonField> OneOrMore(int most) => element.ValueKind == JsonValueKind.Array ? Items(1, most) : [this];

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

    public double Number()
        => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Expected("a number");

    public float Number(float least, float most)
        => element.ValueKind == JsonValueKind.Number && element.TryGetSingle(out var value) && value >= least && value <= most ? value
            : throw Expected($"a number from {least} to {most}");

    public int Whole(int least, int most)
        => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) && value >= least && value <= most ? value
            : throw Expected($"a whole number from {least} to {most}");

    /// <summary>A number of any size that is not negative.</summary>
    public long Extent()
        => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) && value >= 0 ? value
            : throw Expected("a whole number that is not negative");

    public BadFileException Expected(string what)
    {
        var found = IsNull ? "nothing" : element.GetRawText();
        return new(path, $"{(name.Length == 0 ? "the file" : name)} is {(found.Length <= 60 ? found : found[..60] + "...")}; expected {what}");
    }
}
