using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace LongT5.Generation;

/// <summary>Tokens that have become final.</summary>
/// <param name="Input">The input whose first sequence they belong to.</param>
/// <param name="Ids">The tokens, after those of the items before; the start token is the first of all.</param>
/// <param name="Results">All sequences of all inputs: with the last item, which brings no tokens, and only there.</param>
public sealed record StreamedTokens(int Input, int[] Ids, IReadOnlyList<Generated>? Results = null);

/// <summary>Generation that gives its tokens as they become final.</summary>
public static class TokenStream
{
    /// <summary>Does what <see cref="Generator.Run"/> does, on another thread.</summary>
    /// <remarks>
    /// Nothing that was given is taken back. With beams a token is given as soon as all hypotheses that can still win
    /// have it. To stop early, leave the loop or cancel: the session is at rest when the enumeration has ended.
    /// </remarks>
    /// <param name="session">A fresh session over the encoded inputs; the caller disposes it, after the enumeration.</param>
    /// <param name="inputs">The tokens of each input.</param>
    /// <param name="options">What to do.</param>
    /// <param name="decode">The text of a run of tokens; needed for stop strings alone.</param>
    /// <param name="cancellation">Honoured within one step.</param>
    public static async IAsyncEnumerable<StreamedTokens> RunAsync(
        DecoderSession session, IReadOnlyList<int[]> inputs, GenerationOptions options,
        Func<ReadOnlySpan<int>, string>? decode = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var channel = Channel.CreateUnbounded<StreamedTokens>(new() { SingleReader = true, SingleWriter = true });
        var running = Task.Run(() => Fill(channel.Writer, session, inputs, options, decode, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }
    }

    /// <summary>Generates into a channel; what goes wrong is thrown to its reader.</summary>
    private static void Fill(
        ChannelWriter<StreamedTokens> writer, DecoderSession session, IReadOnlyList<int[]> inputs,
        GenerationOptions options, Func<ReadOnlySpan<int>, string>? decode, CancellationToken cancellation)
    {
        try
        {
            var results = Generator.Run(session, inputs, options, decode, step =>
            {
                if (step.Final.Length > 0)
                    writer.TryWrite(new(step.Input, step.Final.ToArray()));
            }, cancellation);
            writer.TryWrite(new(0, [], results));
            writer.Complete();
        }
        catch (Exception wrong)
        {
            writer.Complete(wrong);
        }
    }
}
