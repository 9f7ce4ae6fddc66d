using System.Text.Json;

namespace LongT5.Server.Http;

/// <summary>The members of an object in a request, each asked for by name; what nobody asked for is an error.</summary>
/// <param name="json">The object.</param>
/// <param name="path">Where it stands in the request, for errors; empty for the whole.</param>
sealed class Fields(JsonElement json, string path = "")
{
    private readonly HashSet<string> _known = [];

    /// <summary>The object.</summary>
    public JsonElement Json => json;

    /// <summary>A member's place in the request.</summary>
    public string Place(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>A member; null where it is missing or null.</summary>
    public JsonElement? this[string name]
    {
        get
        {
            _known.Add(name);
            return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
        }
    }

    /// <summary>The members that nobody has asked for.</summary>
    public IEnumerable<JsonProperty> Rest => json.EnumerateObject().Where(member => !_known.Contains(member.Name));

    /// <summary>A text.</summary>
    public string? Text(string name) => this[name] is { } value ? Text(value, Place(name)) : null;

    /// <summary>A text that may be one of some.</summary>
    public string? Choice(string name, params ReadOnlySpan<string> choices)
    {
        if (Text(name) is not { } value) return null;
        return choices.Contains(value) ? value
            : throw ApiError.Of(Place(name), $"{Place(name)} can be {string.Join(" or ", choices!)} here.");
    }

    /// <summary>A whole number of a range.</summary>
    public int? Whole(string name, int least, int most)
        => this[name] is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least
                && number <= most ? number
            : throw ApiError.Of(Place(name), $"{Place(name)} must be a whole number from {least} to {most}.");

    /// <summary>A number of a range.</summary>
    public double? Number(string name, double least, double most)
        => this[name] is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least
                && number <= most ? number
            : throw ApiError.Of(Place(name), FormattableString.Invariant(
                $"{Place(name)} must be a number from {least} to {most}."));

    /// <summary>True or false.</summary>
    public bool? Flag(string name) => this[name]?.ValueKind switch
    {
        null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw ApiError.Of(Place(name), $"{Place(name)} must be true or false."),
    };

    /// <summary>A text, or a list of them.</summary>
    public IReadOnlyList<string> Texts(string name, int most) => this[name] switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } one => [Text(one, Place(name))],
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() <= most =>
            [.. list.EnumerateArray().Select((value, i) => Text(value, $"{Place(name)}[{i}]"))],
        _ => throw ApiError.Of(Place(name), $"{Place(name)} must be a text, or a list of at most {most} texts."),
    };

    /// <summary>An object within.</summary>
    public Fields? Object(string name) => this[name] is { } value ? Of(value, Place(name)) : null;

    /// <summary>A list within.</summary>
    public IEnumerable<JsonElement>? List(string name) => this[name] is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
        : throw ApiError.Of(Place(name), $"{Place(name)} must be a list.");

    /// <summary>Refuses members that ask for what is not offered, unless they ask for nothing.</summary>
    public void Refuse(string why, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (this[name] is { } value && !IsNothing(value))
                throw ApiError.Of(Place(name), $"{Place(name)} is not offered: {why}.");
    }

    /// <summary>Takes members that change nothing here.</summary>
    public void PassOver(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) _known.Add(name);
    }

    /// <summary>Refuses what nobody has asked for.</summary>
    public void End()
    {
        foreach (var member in Rest)
            throw ApiError.Of(Place(member.Name), $"there is no member '{Place(member.Name)}' in this request.");
    }

    /// <summary>An object.</summary>
    public static Fields Of(JsonElement value, string place)
        => value.ValueKind == JsonValueKind.Object ? new(value, place)
            : throw ApiError.Of(place, $"{(place.Length > 0 ? place : "the body")} must be an object.");

    /// <summary>A text.</summary>
    public static string Text(JsonElement value, string place)
        => value.ValueKind == JsonValueKind.String ? value.GetString()!
            : throw ApiError.Of(place, $"{place} must be a text.");

    private static bool IsNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.String => value.ValueEquals("none"u8) || value.ValueEquals("auto"u8) || value.ValueEquals(""u8),
        _ => false,
    };
}
