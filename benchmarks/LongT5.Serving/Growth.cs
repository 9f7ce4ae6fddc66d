using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LongT5.Kernels;
using LongT5.Server.Tests;

namespace LongT5.Serving;

/// <summary>
/// Memory of a server over many requests of all routes, by eight clients: most of them as they should be, one in ten
/// is wrong, and of one in ten the client leaves once the answer begins.
/// </summary>
static partial class Growth
{
    private const int Clients = 8, Parts = 10;

    public static void Run(string path, int requests)
    {
        using var server = LocalServer.Start(path);
        var all = new List<double[]>();
        for (var part = 0; part <= Parts; part++)
        {
            var clock = Stopwatch.StartNew();
            var waiting = new ConcurrentQueue<int>(Enumerable.Range(part * (requests / Parts), requests / Parts));
            var statuses = new ConcurrentDictionary<int, int>();
            var threads = Enumerable.Range(0, Clients).Select(_ => new Thread(() => Ask(server, waiting, statuses)))
                .ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            server.WaitUntilIdle();
            all.Add(Memory());
            Console.WriteLine($"{part * (requests / Parts),6} requests after the first {requests / Parts}: "
                + $"process {all[^1][0]:F1} MiB, managed {all[^1][1]:F2}, by malloc {all[^1][2]:F2}, of which buffers "
                + $"{all[^1][3]:F2} ({clock.Elapsed.TotalSeconds:F0} s; "
                + $"{string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Value} times {one.Key}"))})");
        }
        string[] names = ["process", "managed", "by malloc", "of which buffers"];
        Console.WriteLine("MiB a thousand requests, by the line that fits best: " + string.Join(", ", names.Index().Select(
            one => $"{one.Item} {1000 * Slope([.. all.Select(row => row[one.Index])]) / (requests / Parts):F2}")));
    }

    private static void Ask(LocalServer server, ConcurrentQueue<int> waiting, ConcurrentDictionary<int, int> statuses)
    {
        Wire? wire = null;
        while (waiting.TryDequeue(out var turn))
        {
            wire ??= new(server.Port);
            var random = new Random(turn);
            var leaves = turn % 10 == 9;
            wire.Send(leaves ? Long(random) : Request(random, turn));
            var answer = leaves ? (Status: wire.Hears() ? 1 : 0, Ends: true, Body: "") : wire.Receive();
            statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (!answer.Ends && answer.Status != 0)
                continue;
            wire.Dispose();
            wire = null;
        }
        wire?.Dispose();
    }

    private static byte[] Request(Random random, int turn)
    {
        if (turn % 10 == 7)
            return Wire.Request("POST", "/api/text", Encoding.UTF8.GetBytes(Mutants.Form), "multipart/form-data; boundary=b");
        var (path, body) = Mutants.Valid[random.Next(Mutants.Valid.Length)];
        if (turn % 10 == 8)
            return Wire.Request("POST", path, Mutants.Mutated(body, random));
        // Another text each time, so that documents come and go among those that are kept.
        var text = Words(random, random.Next(1, 200));
        if (turn % 20 == 3)
            body = JsonSerializer.Serialize(
                new { model = LocalServer.Embedded, text = Words(random, 60), max_new_tokens = 16 });
        return turn % 20 == 3 ? Wire.Request("POST", "/api/summarize", Encoding.UTF8.GetBytes(body))
            : Wire.Request("POST", path, Encoding.UTF8.GetBytes(body.Replace("\"war\"", $"\"{text}\"", StringComparison.Ordinal)));
    }

    private static byte[] Long(Random random) => Wire.Request("POST", "/api/summarize", Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(new { text = Words(random, 1500), stream = true, max_new_tokens = 60 })));

    private static string Words(Random random, int count) => string.Join(' ',
        Enumerable.Range(0, count).Select(_ => random.Next(5) switch { 0 => "war", 1 => "art.", 2 => "life", 3 => "and", _ => "the" }));

    /// <summary>
    /// In MiB: the process, its managed heap after a collection, what malloc has given, buffers of ours.
    /// </summary>
    private static double[] Memory()
    {
        for (var round = 0; round < 2; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        var malloc = OperatingSystem.IsLinux() ? MallInfo2() : default;
        return [Mebibytes(Process.GetCurrentProcess().WorkingSet64), Mebibytes(GC.GetTotalMemory(true)),
            Mebibytes((long)(malloc.InUse + malloc.Mapped)), Mebibytes(NativeBuffer.BytesHeld)];
    }

    private static double Mebibytes(long bytes) => bytes / 1048576.0;

    /// <summary>By how much values grow from one to the next, the first left out.</summary>
    private static double Slope(double[] values)
    {
        var (points, middle) = (values[1..], (values.Length - 2) / 2.0);
        var mean = points.Average();
        return points.Select((value, i) => (i - middle) * (value - mean)).Sum()
            / points.Select((_, i) => (i - middle) * (i - middle)).Sum();
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial Allocated MallInfo2();

    /// <summary>What the C library says of its heaps: its <c>struct mallinfo2</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Allocated
    {
        private readonly nuint _arena, _free, _fast, _maps;

        /// <summary>Bytes in mappings of their own.</summary>
        public readonly nuint Mapped;

        private readonly nuint _most, _freeFast;

        /// <summary>Bytes in use within heaps.</summary>
        public readonly nuint InUse;

        private readonly nuint _unused, _top;
    }
}
