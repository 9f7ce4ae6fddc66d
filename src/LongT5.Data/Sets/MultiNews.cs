using LongT5.Data.Files;
using LongT5.Data.Rows;


namespace LongT5.Data.Sets;

/// <summary>Multi-News: clusters of news stories, and one summary of each.</summary>
static class MultiNews
{
    public static readonly DataTask Task = new("multi_news_summarization",
        "Multi-News: clusters of stories and their summary", TaskMetric.Rouge,
    [
        new("train, val and test as .src (or .src.cleaned) and .tgt, a line an example",
            (name, options) => IsSource(name) && Splits.Of(name) == options.Split, Lines),
        TableLayout.Summaries("document", "summary"),
    ]);

    private static IEnumerable<Example> Lines(string path, ReadOptions options)
    {
        var sources = DataFile.Under(path).Where(file => IsSource(file.Name) && Splits.Of(file.Name) == options.Split);
        var targets = DataFile.Under(path).Where(file => file.Name.EndsWith(".tgt", StringComparison.Ordinal)
            && Splits.Of(file.Name) == options.Split).ToList();
        foreach (var source in sources)
        {
            if (targets.Count != 1)
                throw new FileNotFoundException(
                    $"{path} holds {source.Name} and {targets.Count} files .tgt for it; one is expected.");
            // Line i of one file belongs to line i of the other, so a line that cannot be read must stay a line.
            using var summaries = TextRows.Lines(targets[0], options with { SkipBad = null }).GetEnumerator();
            foreach (var (number, line) in TextRows.Lines(source, options with { SkipBad = null }))
            {
                if (!summaries.MoveNext())
                    throw new BadFileException(targets[0].Where, $"it ends before line {number} of {source.Name}");
                var document = line.Trim().Replace("NEWLINE_CHAR", "\n", StringComparison.Ordinal);
                var summary = summaries.Current.Line.Trim();
                if (document.Length == 0 || summary.Length == 0)
                    options.Bad(source.Where, number, "the document or its summary is empty");
                else yield return Example.Summarize($"{Path.GetFileName(source.Name)}:{number}", document, summary);
            }
            if (summaries.MoveNext()) throw new BadFileException(targets[0].Where, $"it is longer than {source.Name}");
        }
    }

    private static bool IsSource(string name)
        => name.EndsWith(".src", StringComparison.Ordinal) || name.EndsWith(".src.cleaned", StringComparison.Ordinal);
}
