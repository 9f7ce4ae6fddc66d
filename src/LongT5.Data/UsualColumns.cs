namespace LongT5.Data;

/// <summary>The names that the columns of a data set usually have.</summary>
public static class UsualColumns
{
    /// <summary>What is read and what is to be written, in the order in which they are looked for.</summary>
    public static IReadOnlyList<(string Source, string Target)> Pairs { get; } =
    [
        ("document", "summary"), ("source", "target"), ("text", "summary"), ("article", "summary"),
            ("article", "abstract"), ("article", "highlights"),
        ("dialogue", "summary"), ("report", "summary"), ("inputs", "targets"), ("input", "target"), ("input", "output"),
        ("documents", "summaries"), ("sources", "targets"), ("texts", "summaries"), ("articles", "abstracts"),
    ];

    /// <summary>A text that stands alone.</summary>
    public static IReadOnlyList<string> Texts { get; } = ["text", "document", "article", "content", "source"];

    /// <summary>What a text is called: a label, several, or a number.</summary>
    public static IReadOnlyList<string> Labels { get; } =
        ["label", "labels", "class", "category", "categories", "sentiment", "score", "rating", "target"];

    /// <summary>Words that someone cut.</summary>
    public static IReadOnlyList<string> Words { get; } = ["tokens", "words"];

    /// <summary>The tags of words, or stretches of a text that have one.</summary>
    public static IReadOnlyList<string> Tags { get; } = ["tags", "ner_tags", "entities", "spans", "labels"];

    /// <summary>A text that questions are asked of.</summary>
    public static IReadOnlyList<string> Contexts { get; } = ["context", "document", "text", "story", "article"];

    /// <summary>The answers to a question.</summary>
    public static IReadOnlyList<string> Answers { get; } = ["answers", "answer", "target"];

    /// <summary>The column that is named, or the first of some usual ones that a row has.</summary>
    /// <exception cref="BadRowException">There is none.</exception>
    public static string Named(Row row, string? column, IReadOnlyList<string> usual)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(usual);
        return column ?? usual.FirstOrDefault(row.Has) ?? throw new BadRowException(
            $"there is no column {string.Join(", ", usual)}; there are {string.Join(", ", row.Columns.Take(12))}; "
                + $"name the column");
    }

    /// <summary>The first pair that is there.</summary>
    /// <param name="has">Whether there is a column of a name.</param>
    /// <param name="source">The name of the one, where it is given.</param>
    /// <param name="target">The name of the other, where it is given.</param>
    /// <returns>Null where none is there, of names that are not given.</returns>
    public static (string Source, string Target)? Pair(Func<string, bool> has, string? source, string? target)
    {
        ArgumentNullException.ThrowIfNull(has);
        if (source is not null && target is not null) return (source, target);
        foreach (var pair in Pairs)
            if (has(source ?? pair.Source) && has(target ?? pair.Target))
                return (source ?? pair.Source, target ?? pair.Target);
        return null;
    }

    /// <summary>The pair of a row.</summary>
    /// <exception cref="BadRowException">It has none.</exception>
    public static (string Source, string Target) Pair(Row row, string? source, string? target)
    {
        ArgumentNullException.ThrowIfNull(row);
        foreach (var named in new[] { source, target })
            if (named is not null) _ = row[named]; // says what there is
        if (Pair(row.Has, source, target) is { } found) return found;
        foreach (var pair in Pairs)
        {
            // Half of a pair: what is missing is the other half.
            if (!row.Has(source ?? pair.Source) && !row.Has(target ?? pair.Target)) continue;
            _ = row[source ?? pair.Source];
            _ = row[target ?? pair.Target];
        }
        throw new BadRowException(
            $"there are no columns of usual names, "
                + $"{string.Join(", ", Pairs.Take(3).Select(pair => $"{pair.Source} and {pair.Target}"))}, ...; "
            + $"there are {string.Join(", ", row.Columns.Take(12))}; name the column to read and the column to write");
    }

    /// <summary>The column of a text that stands alone.</summary>
    /// <exception cref="BadRowException">There is none.</exception>
    public static string Text(Row row, string? column)
    {
        ArgumentNullException.ThrowIfNull(row);
        return column ?? Texts.FirstOrDefault(row.Has) ?? throw new BadRowException(
            $"there is no column {string.Join(", ", Texts)}; there are {string.Join(", ", row.Columns.Take(12))}; "
                + $"name the column to read");
    }
}
