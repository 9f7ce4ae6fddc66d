using System.Text.RegularExpressions;
using LongT5.Data;

namespace LongT5.Training.Objectives;

/// <summary>The columns that an objective takes of a row, and what it makes of them.</summary>
static partial class Columns
{
    /// <summary>
    /// Of a row, the texts to read, those of which one is to be written, and those that a prefix names.
    /// </summary>
    /// <exception cref="BadRowException">One is not there, or holds something else.</exception>
    public static Dictionary<string, string[]> Pair(Row row, string? source, string? target, string prefix)
    {
        var pair = UsualColumns.Pair(row, source, target);
        var texts = OfPrefix(row, prefix);
        texts[pair.Source] = [.. row.Texts(pair.Source)];
        texts[pair.Target] = [.. row.Texts(pair.Target).Where(text => !string.IsNullOrWhiteSpace(text))];
        return texts;
    }

    /// <summary>Of a row, the texts that a prefix names.</summary>
    /// <exception cref="BadRowException">One is not there, or holds something else.</exception>
    public static Dictionary<string, string[]> OfPrefix(Row row, string prefix)
        => InBraces().Matches(prefix).Select(column => column.Groups[1].Value).Distinct()
            .ToDictionary(column => column, column => row.Texts(column).ToArray());

    /// <summary>The texts to read and the texts of which one is to be written.</summary>
    public static (string[] Source, string[] Target) Pair(IReadOnlyDictionary<string, string[]> texts, string? source,
        string? target)
    {
        var pair = UsualColumns.Pair(texts.ContainsKey, source, target)!.Value;
        return (texts[pair.Source], texts[pair.Target]);
    }

    /// <summary>What a pair lacks to be learned from; null where it lacks nothing.</summary>
    public static string? Lack((string[] Source, string[] Target) pair)
        => pair.Source.All(string.IsNullOrWhiteSpace) ? "with an empty source" : pair.Target.Length == 0
            ? "with an empty target" : null;

    /// <summary>What stands before a source: a prefix whose <c>{column}</c>s are the row's own.</summary>
    public static string Prefix(IReadOnlyDictionary<string, string[]> texts, string prefix)
        => InBraces().Replace(prefix, column => string.Join(' ', texts[column.Groups[1].Value]));

    /// <summary>Whether a prefix is the same for every row.</summary>
    public static bool IsFixed(string prefix) => !InBraces().IsMatch(prefix);

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex InBraces();
}
