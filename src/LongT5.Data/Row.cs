using System.Text.Json;

namespace LongT5.Data;

/// <summary>One record of a table, whatever file it came from, and where it stood there.</summary>
/// <param name="File">The file, as the user would say it.</param>
/// <param name="Number">Its line, or its place among the rows of a file without lines; from 1.</param>
/// <param name="Values">An object whose members are the columns.</param>
sealed record Row(string File, long Number, JsonElement Values)
{
    /// <summary>The text of the first of these columns that there is.</summary>
    /// <exception cref="BadRowException">None is there, or it holds no text.</exception>
    public string Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!Values.TryGetProperty(name, out var value)) continue;
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number => value.GetRawText(),
                _ => throw new BadRowException($"column {name} holds {Kind(value)} where a text is expected"),
            };
        }
        throw Missing(names);
    }

    /// <summary>The texts of the first of these columns that there is: a list, or one text alone.</summary>
    public IReadOnlyList<string> Texts(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!Values.TryGetProperty(name, out var value)) continue;
            return value.ValueKind == JsonValueKind.String ? [value.GetString()!] : value.Strings(name);
        }
        throw Missing(names);
    }

    /// <summary>The value of a column of any kind.</summary>
    public JsonElement this[string name] => Values.TryGetProperty(name, out var value) ? value : throw Missing([name]);

    /// <summary>Whether there is such a column.</summary>
    public bool Has(string name) => Values.TryGetProperty(name, out _);

    private BadRowException Missing(ReadOnlySpan<string> names)
        => new($"there is no column {string.Join(" or ", names.ToArray())}; "
            + $"there are {string.Join(", ", Values.EnumerateObject().Select(member => member.Name))}");

    internal static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "nothing",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a text",
        _ => "true or false",
    };
}

/// <summary>What is wrong with one row; becomes an error or a count, as the reader was told.</summary>
sealed class BadRowException(string problem) : Exception(problem);

/// <summary>Reading the values that data sets nest.</summary>
static class JsonValues
{
    /// <summary>What is wrong with the texts of a value, if anything: bytes that are not UTF-8, halves of characters. Nobody meets those later.</summary>
    public static string? Unreadable(this JsonElement value)
    {
        try
        {
            var raw = value.GetRawText();
            if (!raw.Contains("\\ud", StringComparison.OrdinalIgnoreCase)) return null;
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(raw));
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String) reader.GetString();
            }
            return null;
        }
        catch (InvalidOperationException)
        {
            return "it holds a text that is not Unicode";
        }
    }

    /// <summary>A member that must be there.</summary>
    public static JsonElement Member(this JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member
            : throw new BadRowException($"there is no {name} in {Row.Kind(value)}");

    /// <summary>A member that must be there and be a text.</summary>
    public static string String(this JsonElement value, string name)
        => value.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()!
            : throw new BadRowException($"{name} holds {Row.Kind(value.Member(name))} where a text is expected");

    /// <summary>The members of an object that must be one.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement value)
        => value.ValueKind == JsonValueKind.Object ? value.EnumerateObject()
            : throw new BadRowException($"{Row.Kind(value)} stands where an object is expected");

    /// <summary>The items of a list that must be one.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
            : throw new BadRowException($"{name} holds {Row.Kind(value)} where a list is expected");

    /// <summary>The texts of a list that must hold nothing else.</summary>
    public static IReadOnlyList<string> Strings(this JsonElement value, string name)
        => [.. value.Items(name).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()!
            : throw new BadRowException($"{name} holds {Row.Kind(item)} in its list where a text is expected"))];
}
