using System.Collections.Concurrent;
using System.Diagnostics;
using LongT5.Kernels;
using LongT5.Scheduling;

namespace LongT5.Serving;

/// <summary>Memory of the process over many requests.</summary>
static class Growth
{
    private const int Clients = 8, Parts = 10;

    public static void Run(string path, int requests, int longest)
    {
        using var scheduler = new Scheduler(new() { KeptBytes = 16 << 20 });
        using var model = LongT5Model.Load(path, scheduler: scheduler);
        for (var part = 0; part <= Parts; part++)
        {
            var clock = Stopwatch.StartNew();
            var waiting = new ConcurrentQueue<Asked>(Mix.Of(model.Config, requests / Parts, longest, part));
            var threads = Enumerable.Range(0, Clients).Select(_ => new Thread(() =>
            {
                while (waiting.TryDequeue(out var one))
                    one.Run(model);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            GC.Collect();
            Console.WriteLine($"{part * (requests / Parts),6} requests after the first {requests / Parts}: "
                + $"{Process.GetCurrentProcess().WorkingSet64 / 1048576.0:F1} MiB, {GC.GetTotalMemory(false) / 1048576.0:F1} "
                + $"managed, {NativeBuffer.BytesHeld / 1048576.0:F1} in buffers ({clock.Elapsed.TotalSeconds:F0} s)");
        }
    }
}
