using System.Text;
using System.Text.Json;

namespace LongT5.Data;

/// <summary>Reading the values that data sets nest.</summary>
static class JsonValues
{
    /// <summary>
    /// What is wrong with the texts of a value, if anything: bytes that are not UTF-8,
    /// halves of characters. Nobody meets those later.
    /// </summary>
    public static string? Unreadable(this JsonElement value)
    {
        try
        {
            var raw = value.GetRawText();
            if (!raw.Contains("\\ud", StringComparison.OrdinalIgnoreCase)) return null;
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(raw));
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
