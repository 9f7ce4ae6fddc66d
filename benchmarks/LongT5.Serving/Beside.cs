using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace LongT5.Serving;

/// <summary>
/// Both servers over HTTP. One lock gives no request the machine before those that came earlier are through, so how
/// long eight clients wait for the reference follows from how long each request takes alone; these times go to a file,
/// because all of them take long.
/// </summary>
static class Beside
{
    private const int Clients = 8;

    /// <summary>Measures the reference on requests that the file has no times of yet.</summary>
    /// <param name="python">A Python with transformers.</param>
    /// <param name="folder">The model.</param>
    /// <param name="letters">The requests.</param>
    /// <param name="file">The times.</param>
    /// <param name="seconds">When to stop; the rest is for another call.</param>
    public static void Reference(string python, string folder, Letter[] letters, string file, int seconds)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "reference_server.py");
        using var server = Server.Start(python, [script, folder],
            line => int.TryParse(line, out var port) ? port : null);
        var clock = Stopwatch.StartNew();
        var before = Times(file);
        if (before.Length == 0)
            server.Post("/", letters[0].ForReference());
        foreach (var (i, letter) in letters.Index().Skip(before.Length))
        {
            var own = Stopwatch.StartNew();
            server.Post("/", letter.ForReference());
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{own.Elapsed.TotalSeconds:F3}\n"));
            if (clock.Elapsed.TotalSeconds > seconds)
                break;
        }
        if (before.Length < letters.Length || before.Sum() > seconds)
            return;
        // Where there is time, what follows from the times is looked at too.
        clock.Restart();
        var waits = All(server, "/", letters, letter => letter.ForReference(), Clients);
        Say($"the reference, {Clients} clients", letters, waits, clock.Elapsed.TotalSeconds);
    }

    /// <summary>Measures ours, and compares.</summary>
    public static void Ours(string command, string folder, Letter[] letters, string? file)
    {
        using var server = Server.Start(command,
            ["serve", "-m", $"model={folder}", "--port", "0", "--no-page", "--keep", "0"], Server.PortOfOurs);
        server.Post("/v1/completions", letters[0].ForOurs());
        var clock = Stopwatch.StartNew();
        var line = All(server, "/v1/completions", letters, letter => letter.ForOurs(), 1);
        var lineSeconds = clock.Elapsed.TotalSeconds;
        Say("ours, one after another", letters, line, lineSeconds);
        clock.Restart();
        var together = All(server, "/v1/completions", letters, letter => letter.ForOurs(), Clients);
        var seconds = clock.Elapsed.TotalSeconds;
        Say($"ours, {Clients} clients", letters, together, seconds);
        Console.WriteLine($"throughput under load over one after another: {lineSeconds / seconds:F2}");
        if (file is null || Times(file) is not { } own || own.Length < letters.Length)
            return;
        var waits = InLine(own);
        Say($"the reference, {Clients} clients before one lock", letters, waits, own.Sum());
        Console.WriteLine($"throughput {own.Sum() / seconds:F1} times, p95 of the short ones "
            + $"{Short(letters, waits, 0.95) / Short(letters, together, 0.95):F1} times better");
    }

    /// <summary>
    /// Each client asks again when it has its answer: whoever is served had waited since the one eight places before
    /// was.
    /// </summary>
    private static double[] InLine(double[] own)
    {
        double[] ends = [0, .. own];
        for (var i = 1; i < ends.Length; i++)
            ends[i] += ends[i - 1];
        return [.. Enumerable.Range(1, own.Length).Select(i => ends[i] - ends[Math.Max(0, i - Clients)])];
    }

    private static double[] All(
        Server server, string path, Letter[] letters, Func<Letter, HttpContent> body, int clients)
    {
        var waiting = new ConcurrentQueue<int>(Enumerable.Range(0, letters.Length));
        var times = new double[letters.Length];
        var threads = Enumerable.Range(0, clients).Select(_ => new Thread(() =>
        {
            while (waiting.TryDequeue(out var i))
            {
                var clock = Stopwatch.StartNew();
                server.Post(path, body(letters[i]));
                times[i] = clock.Elapsed.TotalSeconds;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return times;
    }

    private static void Say(string who, Letter[] letters, double[] times, double seconds)
        => Console.WriteLine($"{who}: {seconds:F1} s for {letters.Length}; the short ones, median and p95: "
            + $"{Short(letters, times, 0.5):F2} and {Short(letters, times, 0.95):F2} s; all: {Mix.Quantile(times, 0.5):F2} and "
            + $"{Mix.Quantile(times, 0.95):F2} s");

    private static double Short(Letter[] letters, double[] times, double share)
        => Mix.Quantile(
            letters.Zip(times).Where(one => one.First.Ids.Length <= Asked.Short).Select(one => one.Second), share);

    private static double[] Times(string file)
        => !File.Exists(file) ? []
            : [.. File.ReadLines(file).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
}
