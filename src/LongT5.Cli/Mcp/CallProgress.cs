using System.Diagnostics;
using LongT5.Tasks;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LongT5.Cli.Mcp;

/// <summary>
/// Tells an assistant how far a call is: a part of the text counts one for reading and one for writing.
/// </summary>
/// <param name="server">Who tells.</param>
/// <param name="token">What the assistant knows the call by; null where it does not ask.</param>
sealed class CallProgress(McpServer server, ProgressToken? token) : IProgress<GenerationProgress>, IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.2);

    private readonly Stopwatch _since = new();
    private Task _sending = Task.CompletedTask;
    private double _told = -1;

    public void Report(GenerationProgress value)
    {
        if (token is not { } asked || value.Phase == "waiting" || _since.IsRunning && _since.Elapsed < s_pause
            || !_sending.IsCompleted)
            return;
        var before = 2 * Math.Max(0, value.Part - 1) + (value.Phase == "reading" ? 0 : 1);
        var done = before + (value.Total > 0 ? Math.Min(1, value.Done / value.Total) : 0);
        if (done <= _told) return; // it only ever grows
        _told = done;
        _since.Restart();
        _sending = server.NotifyProgressAsync(asked, new()
        {
            Progress = (float)done,
            Total = 2 * Math.Max(1, value.Parts),
            Message = value.Parts > 0 ? $"{value.Phase} part {value.Part} of {value.Parts}" : value.Phase,
        });
    }

    /// <summary>Waits for what is being told: nothing may come after the answer.</summary>
    public async ValueTask DisposeAsync() => await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
