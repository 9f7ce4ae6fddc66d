using System.Collections.Concurrent;
using System.Diagnostics;
using LongT5.Machine;
using LongT5.Scheduling;

namespace LongT5.Serving;

/// <summary>Ten times as many requests as can be served: what is done, what refused, and how it is after.</summary>
static class Overload
{
    private const int Clients = 8, Times = 10, Waiting = 32;

    public static void Run(string path, int longest, int seconds)
    {
        using var scheduler = new Scheduler(new() { MaxWaiting = Waiting, KeptBytes = 0 });
        using var model = LongT5Model.Load(path, scheduler: scheduler);
        var asked = Mix.Of(model.Config, 4096, longest, 1);
        var capacity = Serve(model, asked, Clients, seconds / 2.0, pause: 0, out _, out _);
        Console.WriteLine($"{Clients} clients: {capacity:F2} requests a second");
        // So many clients that come again and again, whatever they are told, ask ten times of that.
        var clients = Clients + Waiting + 64;
        var before = Process.GetCurrentProcess().WorkingSet64;
        var pause = clients / (Times * capacity);
        var served = Serve(model, asked, clients, seconds, pause, out var refused, out var failed);
        var after = Process.GetCurrentProcess().WorkingSet64;
        Console.WriteLine($"{clients} clients for {seconds} s: {served:F2} requests a second "
            + $"({100 * served / capacity:F0}% of capacity), {refused} refused, {failed} failed; memory "
            + $"{before >> 20} to {after >> 20} MiB, peak {MachineMemory.PeakOfProcess >> 20} MiB");
        var clock = Stopwatch.StartNew();
        while (scheduler.Status is not { Reading: 0, Writing: 0, Waiting: 0 })
            Thread.Sleep(10);
        var drained = clock.Elapsed.TotalSeconds;
        var own = Mix.One(model.Config, new(2), 500).Run(model);
        Console.WriteLine($"afterwards: idle after {drained:F1} s; then a short request takes {own.Last:F2} s");
    }

    /// <summary>Requests a second that were done.</summary>
    private static double Serve(
        LongT5Model model, Asked[] asked, int clients, double seconds, double pause, out int refused, out int failed)
    {
        var waiting = new ConcurrentQueue<Asked>(asked);
        var (done, no, wrong) = (0, 0, 0);
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, clients).Select(_ => new Thread(() =>
        {
            while (clock.Elapsed.TotalSeconds < seconds && waiting.TryDequeue(out var one))
            {
                var next = clock.Elapsed + TimeSpan.FromSeconds(pause);
                try
                {
                    one.Run(model);
                    if (clock.Elapsed.TotalSeconds < seconds)
                        Interlocked.Increment(ref done);
                }
                catch (OverloadedException)
                {
                    Interlocked.Increment(ref no);
                    waiting.Enqueue(one);
                }
                catch (Exception failure)
                {
                    Console.Error.WriteLine(failure.Message);
                    Interlocked.Increment(ref wrong);
                }
                if (next > clock.Elapsed)
                    Thread.Sleep(next - clock.Elapsed);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        (refused, failed) = (no, wrong);
        return done / seconds;
    }
}
