using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using LongT5.Server.Tests;

namespace LongT5.Serving;

/// <summary>
/// Mutants of requests, of their bodies, paths, headers and of the protocol itself, sent to one server in this process:
/// several at a time on a connection, by several clients.
/// </summary>
/// <remarks>
/// A mutant whose frame is whole must be answered, and by no mistake of the server's own. After one whose frame may be
/// broken nothing is known of the connection: whatever comes within a moment is looked at, and the client leaves.
/// </remarks>
sealed class Fuzz(LocalServer server, int seed)
{
    private const int Clients = 4, AtOnce = 8;

    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Methods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW", "post", "TRACE"];

    private static readonly string[] Headers =
    [
        "Accept: text/event-stream", "Accept: */*;q=0", "Authorization: Bearer x", "Authorization: Basic Og==",
        "Origin: http://localhost", "Origin: null", "Content-Encoding: gzip", "Accept-Encoding: br", "Range: bytes=0-1",
        "Expect: 100-continue", "Cookie: a=b", "X-Forwarded-For: ::1", "If-None-Match: *", "Upgrade: h2c", "Connection: close",
        "TE: trailers", "Forwarded: for=x", "Content-Type: text/plain", "X-HTTP-Method-Override: DELETE", "Host: example.org",
    ];

    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private readonly ConcurrentQueue<string> _mistakes = new();
    private int _sent, _unframed;

    /// <summary>Sends so many mutants, and tells what came of them.</summary>
    /// <returns>Whether none was answered by a mistake of the server's own, and the server is as before.</returns>
    public bool Run(int count)
    {
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Clients).Select(client
            => new Thread(() => Send(new(seed * Clients + client), count)))
            .ToList();
        threads.ForEach(thread => thread.Start());
        while (threads.Exists(thread => !thread.Join(TimeSpan.FromSeconds(30))))
            Console.WriteLine($"{_sent,9} mutants, {clock.Elapsed.TotalSeconds:F0} s, {_mistakes.Count} mistakes, "
                + $"{Environment.CpuUsage.TotalTime.TotalSeconds:F0} s of a processor, {Environment.WorkingSet >> 20} MiB");
        server.WaitUntilIdle();
        using var after = new Wire(server.Port);
        after.Send(Wire.Request("POST", "/tokenize", """{"inputs":"the art of war"}"""u8));
        var isAlive = after.Receive().Status == 200;
        Console.WriteLine($"{_sent} mutants in {clock.Elapsed.TotalSeconds:F0} s ({_unframed} of them of the protocol), "
            + $"{Environment.CpuUsage.TotalTime.TotalSeconds:F0} s of a processor; answers: "
            + string.Join(", ", _statuses.OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value} times"))
            + $"; {_mistakes.Count} mistakes of the server's own; afterwards it is idle and {(isAlive ? "answers" : "does NOT answer")}");
        foreach (var mistake in _mistakes.Take(20))
            Console.WriteLine(mistake);
        return isAlive && _mistakes.IsEmpty;
    }

    private void Send(Random random, int count)
    {
        while (Volatile.Read(ref _sent) < count)
        {
            using var wire = new Wire(server.Port);
            for (var round = 0; round < 50 && Framed(wire, random); round++)
            {
            }
            Unframed(random);
        }
    }

    /// <summary>Some mutants with whole frames; whether the connection goes on after them.</summary>
    private bool Framed(Wire wire, Random random)
    {
        var mutants = Enumerable.Range(0, AtOnce).Select(_ => Mutant(random)).ToArray();
        try
        {
            wire.Send([.. mutants.SelectMany(mutant => mutant.Bytes)]);
            foreach (var (method, bytes) in mutants)
            {
                var (status, ends, body) = wire.Receive(method);
                if (status == 0)
                    return false; // as the answer before it has said, or the server closed what is no HTTP
                Interlocked.Increment(ref _sent);
                Look(status, body, bytes);
                if (ends)
                    return false;
            }
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode
            is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return false; // it was closed while more was being sent
        }
        catch (SocketException failure)
        {
            _mistakes.Enqueue($"{failure.SocketErrorCode} for one of\n" + string.Join('\n', mutants.Select(one => Text(one.Bytes))));
            return false;
        }
    }

    private void Unframed(Random random)
    {
        using var wire = new Wire(server.Port) { Patience = s_moment };
        var (_, bytes) = Mutant(random);
        var mutant = Mutants.Mutated(Encoding.Latin1.GetString(bytes), random);
        Interlocked.Increment(ref _sent);
        Interlocked.Increment(ref _unframed);
        try
        {
            wire.Send(mutant);
            if (wire.Receive() is { Status: > 0 } answer)
                Look(answer.Status, answer.Body, mutant);
        }
        catch (SocketException)
        {
            // It waits for the rest, or has closed.
        }
    }

    private void Look(int status, string body, byte[] mutant)
    {
        _statuses.AddOrUpdate(status, 1, (_, times) => times + 1);
        if (status == 500 || body.Contains("\"internal\"", StringComparison.Ordinal)
            || body.Contains("its log says more", StringComparison.Ordinal))
            _mistakes.Enqueue($"{status} {body}\nfor {Text(mutant)}");
    }

    private static (string Method, byte[] Bytes) Mutant(Random random)
    {
        var (path, valid) = Mutants.Valid[random.Next(Mutants.Valid.Length)];
        if (random.Next(10) == 0)
            return ("POST", Wire.Request("POST", $"/api/{(random.Next(2) == 0 ? "text" : "summarize")}",
                Mutants.Mutated(Mutants.Form, random), "multipart/form-data; boundary=b"));
        var body = Mutants.Mutated(valid, random);
        return random.Next(10) switch
        {
            0 => ("POST", Wire.Request("POST", Path(path, random), body)),
            1 => ("POST", Wire.Request("POST", path, body, headers: Header(random))),
            2 when Methods[random.Next(Methods.Length)] is var method => (method, Wire.Request(method, path, body)),
            _ => ("POST", Wire.Request("POST", path, body)),
        };
    }

    /// <summary>Another path, within the line.</summary>
    private static string Path(string path, Random random)
    {
        var mutant = Mutants.Mutated(path + "?a=b:c,%41", random);
        return "/" + Encoding.Latin1.GetString([.. mutant.Where(one => one > ' ')]).TrimStart('/');
    }

    /// <summary>Another header, within its line.</summary>
    private static string Header(Random random)
    {
        var (name, value) = Headers[random.Next(Headers.Length)].Split(": ") is [var first, var second] ? (first, second) : default;
        var mutant = Mutants.Mutated(value + ":a,", random);
        return $"{name}: {Encoding.Latin1.GetString([.. mutant.Where(one => one >= ' ')])}\r\n";
    }

    private static string Text(byte[] mutant) => Encoding.Latin1.GetString(mutant);
}
