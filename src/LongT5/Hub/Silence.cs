using System.Globalization;

namespace LongT5.Hub;

/// <summary>How long a server may say nothing before its connection counts as broken.</summary>
/// <param name="most">So long.</param>
/// <param name="host">Who is waited for.</param>
sealed class Silence(TimeSpan most, string host)
{
    private const string Kept = "What came is kept; the same call goes on from there.";

    /// <summary>Waits for something of the network.</summary>
    /// <exception cref="HubTrouble">It did not come in time.</exception>
    public async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(most);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new HubTrouble(string.Create(CultureInfo.InvariantCulture,
                $"{host} has said nothing for {most.TotalSeconds:0.#} seconds. {Kept}"), null, exception);
        }
    }

    /// <summary>Reads what has come, at least a byte but at the end.</summary>
    /// <exception cref="HubTrouble">Nothing came in time, or the connection broke.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await WaitAsync(limit => body.ReadAsync(buffer, limit).AsTask(), cancellation);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw Broken(exception);
        }
    }

    /// <summary>What is told of a connection that broke.</summary>
    public HubTrouble Broken(Exception? cause = null)
    {
        var why = cause is null ? "" : $" ({cause.Message.TrimEnd('.')})";
        return new($"the connection to {host} broke{why}. {Kept}", null, cause);
    }
}
