using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace LongT5.Serving;

/// <summary>
/// Ten times as many requests over HTTP as can be served: what is done, what refused, and how it is after.
/// </summary>
static class Overload
{
    private const int Clients = 8, Times = 10, Waiting = 32;

    // What comes first is done beside less than what comes later.
    private const double Beginning = 0.25;

    public static void Run(string command, string path, Letter[] letters, int seconds)
    {
        using var server = Server.Start(command, ["serve", "-m", $"model={path}", "--port", "0", "--no-page", "--keep", "0",
            "--max-waiting", Number(Waiting), "--max-of-key", "1000"], Server.PortOfOurs);
        var shortOne = letters.MinBy(letter => letter.Ids.Length)!;
        server.Ask("/v1/completions", shortOne.ForOurs());
        var before = Seconds(() => server.Ask("/v1/completions", shortOne.ForOurs()));
        var (capacity, _) = Serve(server, letters, Clients, seconds / 2.0, pause: 0);
        Console.WriteLine($"{Clients} clients: {capacity:F2} requests a second; {server.Memory() >> 20} MiB");
        // So many clients that come again and again, whatever they are told, ask ten times of that.
        var clients = Clients + Waiting + 64;
        var idle = server.Memory();
        var memory = new List<long>();
        using var watch = new Timer(_ => memory.Add(server.Memory()), null, 0, 1000);
        var (served, answers) = Serve(server, letters, clients, seconds, clients / (Times * capacity));
        watch.Change(Timeout.Infinite, Timeout.Infinite);
        Console.WriteLine($"{clients} clients for {seconds} s: {served:F2} requests a second "
            + $"({100 * served / capacity:F0}% of capacity); answers: "
            + string.Join(", ", answers.OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value} times")) + "; memory "
            + $"{idle >> 20} MiB before, {memory.Take(memory.Count / 2).Max() >> 20} at most in the first half of the time, "
            + $"{memory.Skip(memory.Count / 2).Max() >> 20} in the second, {server.Memory() >> 20} after");
        var after = Seconds(() => server.Ask("/v1/completions", shortOne.ForOurs()));
        Console.WriteLine($"a short request: {before:F2} s before, {after:F2} s as soon as the last client has its answer");
    }

    /// <summary>
    /// Requests that were done in a second once the beginning was over, and how often there was which answer in all; 0
    /// for none at all.
    /// </summary>
    private static (double Served, ConcurrentDictionary<int, int> Answers) Serve(
        Server server, Letter[] letters, int clients, double seconds, double pause)
    {
        var answers = new ConcurrentDictionary<int, int>();
        var (clock, next, served) = (Stopwatch.StartNew(), 0, 0);
        var threads = Enumerable.Range(0, clients).Select(_ => new Thread(() =>
        {
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                var again = clock.Elapsed + TimeSpan.FromSeconds(pause);
                var letter = letters[Interlocked.Increment(ref next) % letters.Length];
                var status = server.Ask("/v1/completions", letter.ForOurs());
                answers.AddOrUpdate(status, 1, (_, count) => count + 1);
                var share = clock.Elapsed.TotalSeconds / seconds;
                if (status == 200 && share is > Beginning and < 1)
                    Interlocked.Increment(ref served);
                if (again > clock.Elapsed)
                    Thread.Sleep(again - clock.Elapsed);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return (served / (seconds * (1 - Beginning)), answers);
    }

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
