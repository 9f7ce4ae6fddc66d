using LongT5.Tasks;

namespace LongT5.Samples;

/// <summary>Words as they come, with progress while the document is read, and Ctrl-C to stop.</summary>
static class StreamASummary
{
    public static async Task Run(string modelFolder, string document)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        using var model = LongT5Model.Load(modelFolder);
        var progress = new Progress<GenerationProgress>(
            report => Console.Error.WriteLine($"{report.Phase}: {report.Done} of {report.Total}"));

        await foreach (var words in new Summarizer(model).StreamAsync(File.ReadAllText(document), progress: progress,
            cancellation: stop.Token))
            Console.Write(words);
        Console.WriteLine();
    }
}
