using System.Text.Json;

namespace LongT5.Formats;

/// <summary>
/// A place in a JSON file that knows its name, so that each error says where it
/// is. An absent field and null are the same.
/// </summary>
/// <param name="element">What stands there.</param>
/// <param name="path">The file.</param>
/// <param name="name">The way to it from the root, such as <c>model.vocab[3]</c>; empty for the root itself.</param>
readonly struct JsonField(JsonElement element, string path, string name = "")
{
    /// <summary>What stands there, as it is.</summary>
    public JsonElement Element => element;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Whether nothing stands there.</summary>
    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>Whether an object stands there.</summary>
    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether a list stands there.</summary>
    public bool IsList => element.ValueKind == JsonValueKind.Array;

    /// <summary>Whether a number stands there.</summary>
    public bool IsNumber => element.ValueKind == JsonValueKind.Number;

    /// <summary>Whether a text stands there.</summary>
    public bool IsText => element.ValueKind == JsonValueKind.String;

    /// <summary>The field if something stands there: <c>fields["eps"].Given?.Number() ?? 1e-6</c>.</summary>
    public JsonField? Given => IsNull ? null : this;

    /// <summary>
    /// The field, or what alone is in the list that stands there: <c>[0]</c> for 0, as Python's programs write it too.
    /// </summary>
    public JsonField Only => IsList && element.GetArrayLength() == 1 ? new(element[0], path, $"{name}[0]") : this;

    /// <summary>A property; null where the object has none.</summary>
    public JsonField this[string property]
    {
        get
        {
            if (!IsObject) throw Expected("an object");
            return new(element.TryGetProperty(property, out var value) ? value : default, path, Under(property));
        }
    }

    /// <summary>All properties of an object, in order.</summary>
    public IEnumerable<(string Name, JsonField Value)> Properties()
    {
        if (!IsObject) throw Expected("an object");
        foreach (var property in element.EnumerateObject())
            yield return (property.Name, new(property.Value, path, Under(property.Name)));
    }

    /// <summary>The items of a list.</summary>
    public IEnumerable<JsonField> Items()
    {
        if (!IsList) throw Expected("a list");
        var i = 0;
        foreach (var item in element.EnumerateArray()) yield return new(item, path, $"{name}[{i++}]");
    }

    /// <summary>The items of a list of bounded length.</summary>
    public IReadOnlyList<JsonField> Items(int least, int most)
        => IsList && element.GetArrayLength() is var count && count >= least && count <= most ? [.. Items()]
            : throw Expected($"a list of {least} to {most}");

    /// <summary>A list, or one value that stands for a list of one.</summary>
    public IReadOnlyList<JsonField> OneOrMore(int most) => IsList ? Items(1, most) : [this];

    /// <summary>A text.</summary>
    public string Text() => IsText ? element.GetString()! : throw Expected("a text");

    /// <summary>True or false.</summary>
    public bool Flag() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    /// <summary>True or false, or 1 or 0, which Python takes for them.</summary>
    public bool Truth() => IsNumber && element.TryGetDouble(out var value) && value is 0 or 1 ? value == 1 : Flag();

    /// <summary>Any finite number.</summary>
    public double Number()
        => IsNumber && element.TryGetDouble(out var value) && double.IsFinite(value)
            ? value : throw Expected("a number");

    /// <summary>A number within bounds.</summary>
    public float Number(float least, float most)
        => IsNumber && element.TryGetSingle(out var value) && value >= least && value <= most ? value
            : throw Expected($"a number from {least} to {most}");

    /// <summary>A whole number within bounds; 50.0 is one too.</summary>
    public int Whole(int least = int.MinValue, int most = int.MaxValue)
        => IsNumber && element.TryGetDouble(out var value) && value == Math.Floor(value) && value >= least
            && value <= most ? (int)value
            : throw Expected((least, most) is (int.MinValue, int.MaxValue)
                ? "a whole number" : $"a whole number from {least} to {most}");

    /// <summary>A whole number of 64 bits.</summary>
    public long Long() => IsNumber && element.TryGetInt64(out var value) ? value : throw Expected("a whole number");

    /// <summary>A number of any size that is not negative.</summary>
    public long Extent()
        => IsNumber && element.TryGetInt64(out var value) && value >= 0
            ? value : throw Expected("a whole number that is not negative");

    /// <summary>The error of something else standing here.</summary>
    public BadFileException Expected(string what)
    {
        var found = IsNull ? "nothing" : element.GetRawText();
        var shown = found.Length <= 60 ? found : found[..60] + "...";
        return new(path, $"{(name.Length == 0 ? "the file" : name)} is {shown}; expected {what}");
    }

    private string Under(string property) => name.Length == 0 ? property : $"{name}.{property}";
}
