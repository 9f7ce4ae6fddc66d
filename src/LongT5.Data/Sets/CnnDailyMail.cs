using System.Security.Cryptography;
using System.Text;
using LongT5.Data.Files;
using LongT5.Data.Rows;

namespace LongT5.Data.Sets;

/// <summary>CNN/DailyMail 3: news stories and the highlights that stood above them.</summary>
static class CnnDailyMail
{
    public static readonly DataTask Task = new("cnn_summarization", "CNN/DailyMail: news stories and their highlights",
        TaskMetric.Rouge,
    [
        new("the stories (cnn_stories.tgz, dailymail_stories.tgz, or unpacked) beside all_train.txt, all_val.txt and "
            + "all_test.txt",
            (name, options) => IsList(name, options.Split), Stories),
        TableLayout.Summaries("article", "highlights"),
    ]);

    /// <summary>A line that ends on none of these is given a full stop, as version 3 of the set does.</summary>
    private static readonly string[] Marks = [".", "!", "?", "...", "'", "`", "\"", "\u2019", "\u201d", ")"];

    private static IEnumerable<Example> Stories(string path, ReadOptions options)
    {
        // A story is named by the SHA-1 of its address, and the split lists the addresses.
        var wanted = DataFile.Under(path).Where(file => IsList(file.Name, options.Split))
            .SelectMany(file => TextRows.Lines(file, options)).Select(line => line.Line.Trim())
            .Where(url => url.Length > 0)
            .Select(url => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(url)))).ToHashSet();

        foreach (var file in DataFile.Under(path).Where(file => file.Name.EndsWith(".story", StringComparison.Ordinal)))
        {
            var id = Path.GetFileNameWithoutExtension(file.Name);
            if (!wanted.Contains(id)) continue;
            var (article, highlights) = Parse(TextRows.Lines(file, options).Select(line => line.Line));
            if (article.Length == 0) options.Bad(file.Where, 1, "the story holds no article");
            else if (highlights.Length == 0) options.Bad(file.Where, 1, "the story holds no highlight");
            else yield return Example.Summarize(id, article, highlights);
        }
    }

    /// <summary>Article lines joined by a blank, highlights by a line break.</summary>
    internal static (string Article, string Highlights) Parse(IEnumerable<string> lines)
    {
        List<string> article = [], highlights = [];
        var isHighlight = false;
        foreach (var raw in lines)
        {
            var line = raw.Trim();
            if (line.Length == 0) continue;
            if (line.StartsWith("@highlight", StringComparison.Ordinal))
            {
                isHighlight = true;
                continue;
            }
            (isHighlight ? highlights : article).Add(Marks.Any(mark => line.EndsWith(mark, StringComparison.Ordinal))
                ? line : line + " .");
        }
        return (string.Join(" ", article), string.Join("\n", highlights));
    }

    private static bool IsList(string name, Split split)
        => Path.GetFileName(name).StartsWith("all_", StringComparison.Ordinal)
            && name.EndsWith(".txt", StringComparison.Ordinal) && Splits.Of(name) == split;
}
