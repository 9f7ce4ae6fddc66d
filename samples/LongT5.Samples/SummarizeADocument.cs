using LongT5.Tasks;

namespace LongT5.Samples;

/// <summary>A text in, a summary out, and what there is to know of it.</summary>
static class SummarizeADocument
{
    public static async Task Run(string modelFolder, string document)
    {
        using var model = LongT5Model.Load(modelFolder);
        var summarizer = new Summarizer(model);

        var summary = await summarizer.SummarizeAsync(File.ReadAllText(document),
            new() { Length = SummaryLength.Short });

        foreach (var sentence in summary.Sentences)
            Console.WriteLine($"- {sentence}");
        Console.WriteLine($"{summary.InputTokens} tokens read, {summary.OutputTokens} written in "
            + $"{summary.Timings.Total.TotalSeconds:0.0} s.");
        if (summary.IsInputCut)
            Console.WriteLine($"{summary.DroppedTokens} tokens did not fit and were not read.");
    }
}
