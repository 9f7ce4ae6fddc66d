using System.Text.RegularExpressions;

namespace LongT5.Training.Objectives;

/// <summary>Finds the columns of a data set by the names that such columns usually have.</summary>
static partial class Columns
{
    static readonly (string Source, string Target)[] Usual =
    [
        ("document", "summary"), ("source", "target"), ("text", "summary"), ("article", "abstract"), ("article", "highlights"),
        ("dialogue", "summary"), ("report", "summary"), ("inputs", "targets"), ("input", "output"),
        ("documents", "summaries"), ("sources", "targets"), ("texts", "summaries"), ("articles", "abstracts"),
    ];

    static readonly string[] Texts = ["text", "document", "article", "content", "source"];

    /// <summary>The texts to read and the texts of which one is to be written.</summary>
    public static (string[] Source, string[] Target) Pair(IReadOnlyDictionary<string, string[]> row, string? source, string? target)
    {
        var found = Usual.FirstOrDefault(pair => row.ContainsKey(source ?? pair.Source) && row.ContainsKey(target ?? pair.Target));
        return (Named(row, source ?? found.Source, "--source-column"), Named(row, target ?? found.Target, "--target-column"));
    }

    /// <summary>The text of a row that has nothing else to learn from.</summary>
    public static string[] Text(IReadOnlyDictionary<string, string[]> row, string? column)
        => Named(row, column ?? Texts.FirstOrDefault(row.ContainsKey), "--source-column");

    /// <summary>What stands before a source: a prefix whose <c>{column}</c>s are the row's own.</summary>
    public static string Prefix(IReadOnlyDictionary<string, string[]> row, string prefix)
        => InBraces().Replace(prefix, column => string.Join(' ', Named(row, column.Groups[1].Value, "--prefix")));

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex InBraces();

    private static string[] Named(IReadOnlyDictionary<string, string[]> row, string? column, string option)
        => column is not null && row.TryGetValue(column, out var texts) ? texts
            : throw new ArgumentException($"a row has no column {column ?? "of a usual name"}; it has {string.Join(", ", row.Keys)}. Name one with {option}.");
}
