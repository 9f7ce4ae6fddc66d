using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LongT5.Tasks;

/// <summary>A generation on a thread of its own, its words on this one.</summary>
static class TextStream
{
    /// <summary>The words of a generation as they become final.</summary>
    /// <param name="run">Generates; is given where words go, and who stops it.</param>
    /// <param name="done">Is given the result when it is there.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async IAsyncEnumerable<string> Of<T>(
        Func<Action<string>, CancellationToken, T> run, Action<T>? done,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var words = Channel.CreateUnbounded<string>(new() { SingleReader = true, SingleWriter = true });
        var work = Task.Factory.StartNew(() =>
        {
            try
            {
                return run(piece => words.Writer.TryWrite(piece), stop.Token);
            }
            finally
            {
                words.Writer.Complete();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var piece in words.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return piece;
            done?.Invoke(await work.ConfigureAwait(false));
        }
        finally
        {
            // Whoever leaves the loop early waits for the step that is being computed, and no longer.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
