using System.Text.RegularExpressions;

namespace LongT5.Data;

/// <summary>Which split a file belongs to, by its name.</summary>
static partial class Splits
{
    /// <summary>
    /// The split that the last part of the path to name one names, or null where none or several are named.
    /// </summary>
    /// <example><c>data/validation-00000-of-00002.parquet</c>, <c>val.zip/val/a/x.gz</c>,
    /// <c>nq-dev-00.jsonl.gz</c>: validation.</example>
    public static Split? Of(string name)
    {
        foreach (var part in name.Split('/', '\\').Reverse())
        {
            var named = Word().Matches(part).Select(word => Named(word.Value)).OfType<Split>().Distinct().ToList();
            if (named.Count > 0) return named.Count == 1 ? named[0] : null;
        }
        return null;
    }

    /// <summary>
    /// The split of a text, whose name is its own: only a name that says nothing else counts, or that of a folder.
    /// </summary>
    /// <example><c>test/the-valid-reasons.txt</c>, <c>test-1.txt</c>: test. <c>a-train-journey.txt</c>: null.</example>
    public static Split? OfText(string name)
    {
        foreach (var part in name.Split('/', '\\').Reverse())
        {
            if (Word().Matches(part.Split('.')[0]) is [var only] && Named(only.Value) is { } split) return split;
        }
        return null;
    }

    /// <summary>What people call it.</summary>
    public static string Name(Split split) => split.ToString().ToLowerInvariant();

    private static Split? Named(string word) => word.ToLowerInvariant() switch
    {
        "train" or "training" => Split.Train,
        "validation" or "valid" or "val" or "dev" => Split.Validation,
        "test" => Split.Test,
        _ => null,
    };

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}
