using System.Collections.Concurrent;
using System.Diagnostics;
using LongT5.Scheduling;

namespace LongT5.Serving;

/// <summary>
/// The same requests one after another and by eight clients at once, in turn, so that both see the same machine.
/// </summary>
static class Throughput
{
    private const int Clients = 8;

    public static void Run(string path, int requests, int longest, int rounds)
    {
        using var scheduler = new Scheduler(new() { KeptBytes = 0 });
        using LongT5Model alone = LongT5Model.Load(path), shared = LongT5Model.Load(path, scheduler: scheduler);
        Mix.Of(alone.Config, 1, 600, 0)[0].Run(alone);
        Mix.Of(alone.Config, 1, 600, 0)[0].Run(shared);
        var ratios = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var asked = Mix.Of(alone.Config, requests, longest, round);
            var (line, lineBusy, lineTimes) = By(1, alone, asked);
            var (together, busy, times) = By(Clients, shared, asked);
            ratios.Add(line / together);
            Console.WriteLine($"round {round}: one after another {line:F1} s ({lineBusy:F2} processors), {Clients} clients "
                + $"{together:F1} s ({busy:F2}), "
                + $"ratio {ratios[^1]:F2}; until the last token of the short ones, median and p95: "
                + $"{Mix.Quantile(lineTimes, 0.5):F2} and {Mix.Quantile(lineTimes, 0.95):F2} s behind one line of {Clients}, "
                + $"{Mix.Quantile(times, 0.5):F2} and {Mix.Quantile(times, 0.95):F2} s by the scheduler");
        }
        Console.WriteLine($"throughput under load over one after another: {Mix.Quantile(ratios, 0.5):F2} (median of {rounds})");
    }

    /// <summary>
    /// Seconds for all, processors that were busy meanwhile, and seconds until each of the short ones was done.
    /// </summary>
    private static (double Seconds, double Busy, List<double> Times) By(int clients, LongT5Model model, Asked[] asked)
    {
        var before = Environment.CpuUsage.TotalTime;
        var (waiting, times) = (new ConcurrentQueue<Asked>(asked), new ConcurrentBag<double>());
        var clock = Stopwatch.StartNew();
        if (clients == 1)
        {
            // Eight clients before one lock: each request waits for those of the other seven.
            var ends = new List<double> { 0 };
            foreach (var one in asked)
            {
                one.Run(model);
                ends.Add(clock.Elapsed.TotalSeconds);
                if (one.IsShort)
                    times.Add(ends[^1] - ends[Math.Max(0, ends.Count - 1 - Clients)]);
            }
            return Done();
        }
        var threads = Enumerable.Range(0, clients).Select(_ => new Thread(() =>
        {
            while (waiting.TryDequeue(out var one))
            {
                var (_, last) = one.Run(model);
                if (one.IsShort)
                    times.Add(last);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return Done();

        (double, double, List<double>) Done()
        {
            var seconds = clock.Elapsed.TotalSeconds;
            return (seconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds / seconds, [.. times]);
        }
    }
}
