using System.Runtime.CompilerServices;

namespace LongT5.Server.Serving;

/// <summary>Makes silence heard.</summary>
static class Pauses
{
    /// <summary>What happens, and null where nothing has happened for a while.</summary>
    public static async IAsyncEnumerable<Happening?> WithPauses(
        this IAsyncEnumerable<Happening> happenings, TimeSpan pause,
        [EnumeratorCancellation] CancellationToken stop = default)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var source = happenings.GetAsyncEnumerator(left.Token);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                while (!await Comes(next, pause))
                    yield return null;
                if (!await next) yield break;
                yield return source.Current;
            }
        }
        finally
        {
            await left.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync();
        }
    }

    /// <summary>Whether it is done within a time. No clock goes on after it.</summary>
    private static async Task<bool> Comes(Task<bool> next, TimeSpan pause)
    {
        if (next.IsCompleted) return true;
        using var heard = new CancellationTokenSource();
        var isFirst = await Task.WhenAny(next, Task.Delay(pause, heard.Token)) == next;
        await heard.CancelAsync();
        return isFirst;
    }
}
