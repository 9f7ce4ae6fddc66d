using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LongT5.Serving;

/// <summary>A server in a process of its own.</summary>
sealed partial class Server : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private Server(Process process, int port)
    {
        _process = process;
        _client = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(30) };
    }

    /// <summary>Starts one, and waits until it tells its port.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="port">The port that a line tells, or null.</param>
    public static Server Start(string program, IEnumerable<string> arguments, Func<string, int?> port)
    {
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" 2>&1", program, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (port(line) is not { } found)
                continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new(process, found);
        }
        throw new InvalidOperationException($"{program} ended before it served.");
    }

    /// <summary>The port that <c>longt5 serve</c> tells.</summary>
    public static int? PortOfOurs(string line)
        => Address().Match(line) is { Success: true } found ? int.Parse(found.Groups[1].ValueSpan) : null;

    /// <summary>The answer, which must be one.</summary>
    public string Post(string path, HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        using var answer = _client.Send(request);
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        var text = reader.ReadToEnd();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException(text);
    }

    /// <summary>The status of the answer; 0 where there was none.</summary>
    public int Ask(string path, HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        try
        {
            using var answer = _client.Send(request);
            using var content = answer.Content.ReadAsStream();
            content.CopyTo(Stream.Null);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    /// <summary>Bytes that it holds.</summary>
    public long Memory()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex(@"serving .* at http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Address();
}
