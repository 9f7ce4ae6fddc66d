using System.Diagnostics;
using LongT5.Scheduling;
using LongT5.Tasks;

namespace LongT5.Serving;

/// <summary>A short text that comes while a long one is being read.</summary>
static class FirstToken
{
    private const int ShortTokens = 500;

    public static void Run(string path, int longest, int rounds)
    {
        using var scheduler = new Scheduler(new() { KeptBytes = 0 });
        using LongT5Model alone = LongT5Model.Load(path), shared = LongT5Model.Load(path, scheduler: scheduler);
        var random = new Random(1);
        Mix.One(alone.Config, random, ShortTokens).Run(alone);
        var document = Mix.One(alone.Config, random, longest);
        using var stop = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        var read = 0.0;
        var clock = Stopwatch.StartNew();
        var reader = new Thread(() =>
        {
            try
            {
                shared.Generate([document.Ids], document.Options, progress: new Heard(progress =>
                {
                    if (progress.Phase == "waiting")
                        return;
                    read = progress.Phase == "reading" ? progress.Done / progress.Total : 1;
                    begun.Set();
                }), cancellation: stop.Token);
            }
            catch (OperationCanceledException)
            {
            }
        });
        reader.Start();
        begun.Wait();
        for (var round = 1; round <= rounds && read < 1; round++)
        {
            var asked = Mix.One(alone.Config, random, ShortTokens);
            var beside = asked.Run(shared);
            Console.WriteLine($"round {round}: first token after {beside.First:F2} s, last after {beside.Last:F2} s, while "
                + $"{100 * read:F0}% of {longest} tokens are read ({clock.Elapsed.TotalSeconds:F0} s)");
        }
        stop.Cancel();
        reader.Join();
        for (var round = 1; round <= rounds; round++)
        {
            var own = Mix.One(alone.Config, random, ShortTokens).Run(alone);
            Console.WriteLine($"alone: first token after {own.First:F2} s, last after {own.Last:F2} s");
        }
    }

    private sealed class Heard(Action<GenerationProgress> hear) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => hear(value);
    }
}
