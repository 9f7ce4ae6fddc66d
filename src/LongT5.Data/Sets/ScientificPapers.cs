using LongT5.Data.Files;
using LongT5.Data.Rows;

namespace LongT5.Data.Sets;

/// <summary>Scientific papers of arXiv and PubMed, and their abstracts.</summary>
static class ScientificPapers
{
    public static readonly DataTask Arxiv = new("arxiv_summarization", "arXiv: papers and their abstracts",
        TaskMetric.Rouge, Layouts("arxiv"));

    public static readonly DataTask PubMed = new("pubmed_summarization", "PubMed: papers and their abstracts",
        TaskMetric.Rouge, Layouts("pubmed"));

    private static DataLayout[] Layouts(string set) =>
    [
        new($"{set}-dataset.zip, or unpacked: train.txt, val.txt and test.txt, each line a JSON object",
            (name, options) => IsOriginal(name, options.Split, set), (path, options) =>
                DataFile.Under(path).Where(file => IsOriginal(file.Name, options.Split, set))
                    .SelectMany(file => TableLayout.Examples(JsonRows.Lines(file, options), options, Original))),
        TableLayout.Summaries("article", "abstract"),
    ];

    private static bool IsOriginal(string name, Split split, string set)
        => Path.GetFileName(name) is "train.txt" or "val.txt" or "test.txt" && Splits.Of(name) == split
            && (!name.Contains("-dataset", StringComparison.Ordinal)
                || name.Contains(set + "-dataset", StringComparison.Ordinal));

    /// <summary>Sentences joined by line breaks; the marks around those of the abstract are left out.</summary>
    private static IEnumerable<Example> Original(Row row, ReadOptions options)
    {
        var summary = string.Join("\n", row.Texts("abstract_text"))
            .Replace("<S>", "", StringComparison.Ordinal).Replace("</S>", "", StringComparison.Ordinal);
        yield return Example.Summarize(row.Label("article_id"), string.Join("\n", row.Texts("article_text")), summary);
    }
}
