using LongT5.Machine;
using LongT5.Server.Http;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Serving;

/// <summary>
/// Admits work by the memory it takes, in the order it came: what does not fit beside the rest waits, and what finds
/// the line full is told when to come again.
/// </summary>
sealed class RequestQueue
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _line = [];
    private readonly ServerOptions _options;
    private int _running;
    private long _bytes;
    private double _secondsPerOperation = 1e-10;

    /// <param name="options">How much may run and wait.</param>
    public RequestQueue(ServerOptions options)
    {
        _options = options;
        Memory = options.MaxMemory ?? MachineMemory.Available / 10 * 9;
    }

    /// <summary>Bytes for all requests together, the same as long as the server runs.</summary>
    public long Memory { get; }

    /// <summary>Requests that are worked on.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Requests that wait.</summary>
    public int Length
    {
        get
        {
            lock (_gate) return _line.Count;
        }
    }

    /// <summary>Does a piece of work as soon as there is room for it.</summary>
    /// <param name="cost">What it takes.</param>
    /// <param name="work">The work, on a thread of its own.</param>
    /// <param name="place">Hears of its place in the line, from 1, as it changes; 0 when it begins.</param>
    /// <param name="stop">Gives it up, waiting or running.</param>
    /// <exception cref="ApiError">The line is full (429, with a time to come again).</exception>
    public async Task<T> Run<T>(
        WorkEstimate cost, Func<CancellationToken, T> work, Action<int>? place, CancellationToken stop)
    {
        await Enter(cost, place, stop);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            place?.Invoke(0);
            var result = await Task.Factory.StartNew(
                () => work(stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Learn(cost, clock.Elapsed);
            return result;
        }
        finally
        {
            Leave(cost);
        }
    }

    private async Task Enter(WorkEstimate cost, Action<int>? place, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var waiting = new Waiting(Math.Min(cost.Bytes, Memory), cost.Operations, place);
        lock (_gate)
        {
            if (_line.Count == 0 && Fits(waiting.Bytes))
            {
                Take(waiting.Bytes);
                return;
            }
            if (_line.Count >= _options.MaxWaiting) throw Full();
            _line.AddLast(waiting);
            place?.Invoke(_line.Count);
        }
        await using var given = stop.Register(() =>
        {
            lock (_gate)
            {
                if (_line.Remove(waiting)) waiting.Turn.TrySetCanceled(stop);
            }
            Advance();
        });
        await waiting.Turn.Task;
    }

    private void Leave(WorkEstimate cost)
    {
        lock (_gate)
        {
            _running--;
            _bytes -= Math.Min(cost.Bytes, Memory);
        }
        Advance();
    }

    private void Advance()
    {
        lock (_gate)
        {
            while (_line.First is { Value: var next } && Fits(next.Bytes))
            {
                _line.RemoveFirst();
                Take(next.Bytes);
                next.Turn.TrySetResult();
            }
            var place = 1;
            foreach (var waiting in _line)
                waiting.Place?.Invoke(place++);
        }
    }

    private bool Fits(long bytes) => _running == 0 || _running < _options.MaxRunning && _bytes + bytes <= Memory;

    private void Take(long bytes)
    {
        _running++;
        _bytes += bytes;
    }

    private ApiError Full()
    {
        var seconds = Math.Clamp(_line.Sum(waiting => waiting.Operations) * _secondsPerOperation, 1, 600);
        return new(StatusCodes.Status429TooManyRequests,
            $"{_line.Count} requests are waiting, as many as may be; come again in {Math.Ceiling(seconds)} s.",
            code: "overloaded")
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
    }

    private void Learn(WorkEstimate cost, TimeSpan took)
    {
        if (cost.Operations <= 0) return;
        lock (_gate)
            _secondsPerOperation += (took.TotalSeconds / cost.Operations / Math.Max(1, _running) - _secondsPerOperation)
                / 8;
    }

    /// <summary>A request in the line.</summary>
    private sealed record Waiting(long Bytes, double Operations, Action<int>? Place)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
