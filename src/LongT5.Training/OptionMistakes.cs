using System.Text.Json;
using System.Text.RegularExpressions;

namespace LongT5.Training;

/// <summary>Options and values that there are none of, in words of who typed them.</summary>
static partial class OptionMistakes
{
    /// <summary>Paths behind a flag that takes several: a flag that is misspelt would stand among them.</summary>
    /// <exception cref="ArgumentException">One is a flag.</exception>
    public static string[] Paths(string[]? paths)
    {
        var flag = paths?.FirstOrDefault(path => path.StartsWith("--", StringComparison.Ordinal) && !Path.Exists(path));
        return flag is null ? paths ?? []
            : throw new ArgumentException($"there is no option {flag}; --help lists those that there are.");
    }

    /// <summary>What is wrong with options that cannot be read: names and values that may stand there, and no types.
    /// </summary>
    public static string Of(JsonException bad)
    {
        if (Unknown().Match(bad.Message) is { Success: true } unknown)
            return $"{Place(bad, unknown.Groups["name"].Value)} is no option here";
        if (Unreadable().Match(bad.Message) is not { Success: true } wrong) return bad.Message;
        var type = AppDomain.CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(wrong.Groups["type"].Value.TrimEnd('.'))).FirstOrDefault(type => type is not null);
        var place = Place(bad, null);
        return type is { IsEnum: true }
            ? $"{place} must be one of {string.Join(", ", Enum.GetValues(type).Cast<object>()
                .Select(value => JsonSerializer.Serialize(value, type, TrainingOptions.Json).Trim('"')))}"
            : $"{place} is not what is expected there"
                + (type is null || !type.IsPrimitive ? "" : type == typeof(bool) ? ": true or false" : ": a number");
    }

    // "$.head.kind" is head.kind; where a name is unknown, the path ends with its parent or with itself.
    static string Place(JsonException bad, string? name)
    {
        var path = bad.Path is { Length: > 2 } there ? there[2..] : "";
        return name is null || path == name || path.EndsWith($".{name}", StringComparison.Ordinal) ? path
            : path.Length == 0 ? name : $"{path}.{name}";
    }

    [GeneratedRegex(@"^The JSON property '(?<name>[^']+)' could not be mapped to any \.NET member")]
    private static partial Regex Unknown();

    [GeneratedRegex(@"^The JSON value could not be converted to (?:System\.Nullable`1\[)?(?<type>[\w.+]+)")]
    private static partial Regex Unreadable();
}
