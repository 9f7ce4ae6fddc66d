using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LongT5.Tasks;

/// <summary>A generation on a thread of its own, its words on this one.</summary>
static class TextStream
{
    /// <summary>The words of a generation as they become final.</summary>
    /// <param name="prepare">Gives what to run.</param>
    /// <param name="done">Is given the result when it is there.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async IAsyncEnumerable<string> Of(
        Func<TextGeneration> prepare, Action<GeneratedText>? done, IProgress<GenerationProgress>? progress,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var words = Channel.CreateUnbounded<string>(new() { SingleReader = true, SingleWriter = true });
        var work = Task.Factory.StartNew(() =>
        {
            try
            {
                return prepare().Run(piece => words.Writer.TryWrite(piece), progress, stop.Token)[0];
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
