namespace LongT5.Generation;

/// <summary>
/// One request's decoder over one or more encoded inputs: a tree of decoded positions that grows by tokens and
/// answers with logits. This is all that a search knows of a model.
/// </summary>
/// <remarks>
/// Each token that was fed is a node; its past is the path to its root, so beams share what they have in common and
/// nothing is copied when they are reordered. The logits of a node depend on its path and its input alone: not on
/// what else stands in the call, and not on whether the path was fed at once or token by token, to the last bit.
/// A session belongs to one request and one thread at a time.
/// </remarks>
public abstract class DecoderSession : IDisposable
{
    /// <summary>Number of encoded inputs.</summary>
    public abstract int Inputs { get; }

    /// <summary>V, the number of logits of a position.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The parent of a first token over input <paramref name="input"/>.</summary>
    public static int Root(int input) => -1 - input;

    /// <summary>Feeds one token for each parent and gives the logits that follow the last ones.</summary>
    /// <param name="parents">Node ids, <see cref="Root"/>s, or ids that this
    /// very call is about to give (a chain).</param>
    /// <param name="tokens">The token fed after each parent.</param>
    /// <param name="logits">[n, V]: filled for the last n tokens of the call; n may be less than all, or 0.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <returns>The id of the first new node; the others follow it, by one each. The first node of a session is 0, and
    /// ids count on over all calls: none is given twice. A call without a token tells which id comes next.</returns>
    public abstract int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits,
        CancellationToken cancellation = default);

    /// <summary>Forgets every node that is not on the path of one of these; the ids of the others stay.</summary>
    public abstract void Keep(ReadOnlySpan<int> nodes);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns what the session holds.</summary>
    protected abstract void Dispose(bool disposing);
}
