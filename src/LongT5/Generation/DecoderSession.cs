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

    /// <summary>
    /// Feeds several sessions in one call: each gets what it would get alone, and weights that they share are read once
    /// for all.
    /// </summary>
    /// <param name="feeds">What each is fed; no session twice.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <returns>For each feed the exception that <see cref="Extend(ReadOnlySpan{int}, ReadOnlySpan{int}, Span{float},
    /// CancellationToken)"/> would have thrown, or null: what fails one does not fail the others.</returns>
    public static IReadOnlyList<Exception?> Extend(
        IReadOnlyList<SessionFeed> feeds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feeds);
        if (feeds is [var only])
            return [Alone(only, cancellation)];
        var failures = new Exception?[feeds.Count];
        foreach (var alike in Enumerable.Range(0, feeds.Count).GroupBy(i => feeds[i].Session.GetType()))
        {
            var found = feeds[alike.First()].Session.ExtendTogether([.. alike.Select(i => feeds[i])], cancellation);
            foreach (var (place, i) in alike.Index())
                failures[i] = found[place];
        }
        return failures;
    }

    /// <summary>Feeds several sessions, all of this one's type.</summary>
    protected virtual IReadOnlyList<Exception?> ExtendTogether(
        IReadOnlyList<SessionFeed> feeds, CancellationToken cancellation)
        => [.. feeds.Select(feed => Alone(feed, cancellation))];

    private static Exception? Alone(SessionFeed feed, CancellationToken cancellation)
    {
        try
        {
            feed.Session.Extend(feed.Parents.Span, feed.Tokens.Span, feed.Logits.Span, cancellation);
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return failure;
        }
    }

    /// <summary>Whether the states of what is fed from now on can be asked for. Default false.</summary>
    public bool KeepsStates { get; set; }

    /// <summary>
    /// Whether it is kept what each token asks of its input, a row a layer, so that one can see afterwards where it
    /// looked. To be said before the first token. Default false.
    /// </summary>
    public bool KeepsQueries { get; set; }

    /// <summary>
    /// The last hidden state of a node, behind the last norm and before the head scales it: [C]. It is there for the
    /// nodes that the last call fed, until the next.
    /// </summary>
    /// <param name="node">A node of the last call.</param>
    /// <exception cref="InvalidOperationException"><see cref="KeepsStates"/> was not
    /// asked for, or the node is an earlier one.</exception>
    public abstract ReadOnlySpan<float> State(int node);

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
