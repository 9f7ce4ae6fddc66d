using LongT5.Tasks;

namespace LongT5.Samples;

/// <summary>One model, several requests at once: it is safe, and each gives what it would give alone.</summary>
static class ManyDocumentsAtOnce
{
    public static async Task Run(string modelFolder, string document)
    {
        using var model = LongT5Model.Load(modelFolder);
        var summarizer = new Summarizer(model);
        var chapters = File.ReadAllText(document).Split("\n\n").Where(part => part.Length > 40).Take(4);

        var summaries = await Task.WhenAll(
            chapters.Select(chapter => summarizer.SummarizeAsync(chapter, new() { Length = SummaryLength.Short })));

        foreach (var summary in summaries)
            Console.WriteLine(summary.Text);
    }
}
