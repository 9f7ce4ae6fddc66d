using LongT5.Formats;
using LongT5.Generation;
using LongT5.Machine;

namespace LongT5.Model;

/// <summary>
/// What a task needs of a model: to read inputs and to begin to write on them, wherever that is computed.
/// </summary>
/// <remarks>
/// Immutable; any number of threads may share it. What one request needs to remember lives in its
/// <see cref="EncodedInput"/>s and its <see cref="EngineSession"/>.
/// </remarks>
public abstract class Engine : IDisposable
{
    /// <summary>The shape of the model.</summary>
    public abstract LongT5Config Config { get; }

    /// <summary>What stands on the last states.</summary>
    public abstract ModelHead Head { get; }

    /// <summary>Whether it can decode; a checkpoint of an encoder alone cannot.</summary>
    public bool HasDecoder => Head.HasDecoder();

    /// <summary>Threads that compute; more than one can be shared among requests.</summary>
    internal virtual int Threads => 1;

    /// <summary>
    /// Bytes that one step of the decoder reads at least: its matrices and the head, the keys and values of every input
    /// token, and those of one past, however many rows there are.
    /// </summary>
    /// <param name="tokens">Tokens of all inputs.</param>
    /// <param name="past">Tokens decoded before.</param>
    public abstract double StepBytes(long tokens, double past);

    /// <summary>What reading one input and writing on it will take here.</summary>
    /// <param name="tokens">Tokens of the input.</param>
    /// <param name="beams">Sequences that the decoder keeps.</param>
    /// <param name="newTokens">Tokens that it may write.</param>
    public abstract WorkEstimate Estimate(int tokens, int beams = 1, int newTokens = 0);

    /// <summary>The longest input that fits into so much memory; 0 where not even one token does.</summary>
    /// <param name="bytes">The memory.</param>
    /// <param name="beams">Sequences that the decoder keeps.</param>
    /// <param name="newTokens">Tokens that it may write.</param>
    public abstract int LongestInput(long bytes, int beams = 1, int newTokens = 0);

    /// <summary>Encodes one input.</summary>
    /// <param name="ids">Token ids, at least one; there is no upper limit.</param>
    /// <param name="layerDone">Called after each layer with its number, from 1 to
    /// <see cref="LongT5Config.NumLayers"/>.</param>
    /// <param name="observer">Is shown the states between the layers.</param>
    /// <param name="cancellation">Honoured between slices.</param>
    public EncodedInput Encode(
        ReadOnlySpan<int> ids, Action<int>? layerDone = null, HiddenStatesObserver? observer = null,
        CancellationToken cancellation = default)
    {
        using var run = BeginEncoding([ids.ToArray()], layerDone, observer);
        return run.Finish(cancellation)[0];
    }

    /// <summary>Begins to encode inputs of any lengths together; each comes out, to the last bit, as it would
    /// alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="layerDone">Called after each layer with its number, from 1 to
    /// <see cref="LongT5Config.NumLayers"/>.</param>
    /// <param name="observer">Is shown the states of all inputs as one between the layers.</param>
    /// <param name="windows">In which windows they are read, each by itself and one after the other; their layers are
    /// counted through. Null for all together in one pass.</param>
    /// <returns>The work, of which nothing is done yet and for which no memory is taken yet.</returns>
    /// <exception cref="ArgumentException">The windows have no room, an observer would see them, or the model pools its
    /// states.</exception>
    public abstract EngineRun<IReadOnlyList<EncodedInput>> BeginEncoding(
        IReadOnlyList<int[]> inputs, Action<int>? layerDone = null, HiddenStatesObserver? observer = null,
        EncoderWindows? windows = null);

    /// <summary>Encodes inputs of any lengths; each comes out, to the last bit, as it would alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="windows">In which windows they are read; null for one pass.</param>
    /// <param name="cancellation">Honoured between slices.</param>
    public abstract IReadOnlyList<EncodedInput> EncodeBatch(
        IReadOnlyList<int[]> inputs, EncoderWindows? windows = null, CancellationToken cancellation = default);

    /// <summary>
    /// Starts decoding over encoded inputs: their keys and values of cross attention are made here, once.
    /// </summary>
    /// <param name="inputs">
    /// What this engine encoded, or others that stand on the same base with adapters: each is decoded by the one that
    /// encoded it, and comes out as it would alone. They may be disposed afterwards.
    /// </param>
    /// <param name="cancellation">Honoured between slices.</param>
    /// <exception cref="InvalidOperationException">The checkpoint has no decoder.</exception>
    public EngineSession StartDecoding(
        IReadOnlyList<EncodedInput> inputs, CancellationToken cancellation = default)
    {
        using var run = BeginDecoding(inputs);
        return run.Finish(cancellation);
    }

    /// <summary>Begins what <see cref="StartDecoding"/> does.</summary>
    /// <param name="inputs">As there; they may be disposed once this is done.</param>
    /// <exception cref="InvalidOperationException">The checkpoint has no decoder.</exception>
    public abstract EngineRun<EngineSession> BeginDecoding(IReadOnlyList<EncodedInput> inputs);

    /// <summary>What a head of labels says of one input.</summary>
    /// <param name="ids">Token ids, an end token among them where the head is one of sequences.</param>
    /// <param name="read">What the decoder reads, one token later: T ids; null for the input itself.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <returns>[labels] of a sequence, [L, labels] of tokens, [T, labels] of spans: start and end.</returns>
    /// <exception cref="InvalidOperationException">The model has no head of labels.</exception>
    /// <exception cref="ArgumentException">The input of a sequence head has no end token.</exception>
    public float[] Score(int[] ids, int[]? read = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (!Head.GivesLabels())
            throw new InvalidOperationException($"The head of this model is {Head}; it gives no labels.");
        using var encoded = Encode(ids, cancellation: cancellation);
        if (Head == ModelHead.Tokens)
            return ScoreTokens(encoded);
        read ??= ids;
        if (Head == ModelHead.Sequence)
        {
            // The reference reads the state at the last end token.
            var last = Array.FindLastIndex(read, id => Config.EosTokenIds.Contains(id));
            read = last >= 0 ? read[..(last + 1)]
                : throw new ArgumentException(
                    $"No end token ({Config.EosTokenIds[0]}) is among the ids, where a text is judged.", nameof(ids));
        }
        using var session = StartDecoding([encoded], cancellation);
        int[] tokens = [Config.DecoderStartTokenId ?? Config.PadTokenId, .. read[..^1]];
        int[] parents = [DecoderSession.Root(0), .. Enumerable.Range(0, read.Length - 1)];
        var scores = new float[checked((Head == ModelHead.Sequence ? 1 : read.Length) * session.VocabularySize)];
        session.Extend(parents, tokens, scores, cancellation);
        return scores;
    }

    /// <summary>The scores that a head of <see cref="ModelHead.Tokens"/> gives an encoded input: [L, labels].</summary>
    /// <exception cref="InvalidOperationException">The model has another head.</exception>
    public abstract float[] ScoreTokens(EncodedInput input);

    /// <summary>
    /// An engine over the same weights with an adapter beside them; any number may stand on one base.
    /// </summary>
    /// <param name="adapter">Copied, so it may be disposed afterwards.</param>
    /// <returns>An engine of its own; the base stays until both are disposed.</returns>
    /// <exception cref="BadFileException">The adapter does not fit this model.</exception>
    public abstract Engine WithAdapter(Adapter adapter);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the engine holds.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A decoder that also tells where it looked.</summary>
public abstract class EngineSession : DecoderSession
{
    /// <inheritdoc/>
    public override int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits,
        CancellationToken cancellation = default)
        => Extend(parents, tokens, logits, [], cancellation);

    /// <summary>Feeds tokens as the other overload does, and also tells where the last ones looked.</summary>
    /// <param name="parents">Node ids, roots, or ids that this very call is about to give.</param>
    /// <param name="tokens">The token fed after each parent.</param>
    /// <param name="logits">[n, V]: filled for the last n tokens of the call.</param>
    /// <param name="crossAttention">
    /// [n, H, L]: the weights of the last decoder layer's cross attention for the same n tokens; L is the length of
    /// each one's input. Empty if not wanted.
    /// </param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <returns>The id of the first new node; the others follow it, by one each.</returns>
    public abstract int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits, Span<float> crossAttention,
        CancellationToken cancellation = default);

    /// <summary>Feeds tokens as the other overloads do, hides some of the input from them if the probe says so, and
    /// adds to it where all of them looked, in every layer.</summary>
    /// <param name="parents">Node ids, roots, or ids that this very call is about to give.</param>
    /// <param name="tokens">The token fed after each parent.</param>
    /// <param name="logits">[n, V]: filled for the last n tokens of the call.</param>
    /// <param name="probe">What is recorded and hidden.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <returns>The id of the first new node; the others follow it, by one each.</returns>
    /// <exception cref="ArgumentException">The probe speaks of tokens that an input does not have.</exception>
    public abstract int Extend(
        ReadOnlySpan<int> parents, ReadOnlySpan<int> tokens, Span<float> logits, CrossAttentionProbe probe,
        CancellationToken cancellation = default);

    /// <summary>Adds to a probe where tokens looked that were fed before, in every layer: what they asked was kept, and
    /// nothing but the looking is computed again.</summary>
    /// <param name="node">The end of a path.</param>
    /// <param name="tokens">Which nodes of that path, the first one being 0.</param>
    /// <param name="probe">What is recorded and hidden.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <exception cref="InvalidOperationException"><see cref="DecoderSession.KeepsQueries"/> was not asked for before
    /// the first token.</exception>
    /// <exception cref="ArgumentException">The node was forgotten, or the probe speaks of tokens that its input does not
    /// have.</exception>
    public abstract void Look(
        int node, Range tokens, CrossAttentionProbe probe, CancellationToken cancellation = default);
}
