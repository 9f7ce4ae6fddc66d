using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>
/// A LongT5 ready to compute: encoder, decoder and their weights. Immutable; any number of threads may share it.
/// </summary>
/// <remarks>
/// Weights of a mapped checkpoint are used where they lie, so loading costs next to nothing. What one request needs to
/// remember lives in its <see cref="EncodedInput"/>s and its <see cref="NetworkSession"/>. The same input gives the
/// same bits alone and in any batch, on any number of threads.
/// </remarks>
public sealed class Network : IDisposable
{
    /// <summary>Inputs are encoded together up to this many tokens; more would only take memory.</summary>
    private const int BatchTokens = 4096;

    private readonly Weights _weights;
    private readonly Workers _workers;
    private readonly EngineOptions _options;
    private readonly Encoder _encoder;

    private Network(
        LongT5Config config, IReadOnlyDictionary<string, StoredTensor> tensors, Workers workers, EngineOptions options,
        object? owner)
    {
        (Config, _workers, _options) = (config, workers, options);
        _weights = new(config, tensors, options.WeightType, workers, owner);
        _encoder = new(config, _weights, workers);
    }

    /// <summary>The shape of the model.</summary>
    public LongT5Config Config { get; }

    /// <summary>Whether it can decode; a checkpoint of an encoder alone cannot.</summary>
    public bool HasDecoder => _weights.HasDecoder;

    /// <summary>
    /// Bytes that one step of the decoder reads at least: its matrices and the head, the keys and values of every input
    /// token, and those of one past, however many rows there are.
    /// </summary>
    /// <param name="tokens">Tokens of all inputs.</param>
    /// <param name="past">Tokens decoded before.</param>
    public double StepBytes(long tokens, double past)
    {
        var matrices = _weights.Decoder.SelectMany(layer => (IEnumerable<Matrix>)
            [.. layer.Self.All, layer.Cross.Query, layer.Cross.Output, .. layer.FeedForward.All]).Append(_weights.Head);
        return matrices.Sum(matrix => (double)matrix.Rows * matrix.Columns * matrix.Type.Size())
            + 2.0 * Config.NumDecoderLayers * Config.InnerWidth * (tokens * _options.CrossType.Size() + past * sizeof(float));
    }

    /// <summary>A network over an open checkpoint.</summary>
    /// <param name="checkpoint">Its bytes are used where they lie: dispose it after the network.</param>
    /// <param name="workers">The threads that compute; <see cref="Workers.Shared"/> for all processors.</param>
    /// <param name="options">How to compute; the default is exact to the reference.</param>
    /// <exception cref="BadFileException">The configuration asks for what cannot be computed.</exception>
    public static Network Load(Checkpoint checkpoint, Workers workers, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(workers);
        var config = checkpoint.Config;
        if (RelativePosition.Problem(config.RelativeAttentionNumBuckets, config.RelativeAttentionMaxDistance) is { } problem)
            throw new BadFileException(checkpoint.Path, problem);
        return new(config, checkpoint.Tensors, workers, options ?? new(), checkpoint);
    }

    internal static Network Load(
        LongT5Config config, IReadOnlyDictionary<string, StoredTensor> tensors, Workers workers, EngineOptions? options = null)
        => new(config, tensors, workers, options ?? new(), owner: null);

    /// <summary>Encodes one input.</summary>
    /// <param name="ids">Token ids, at least one; there is no upper limit.</param>
    /// <param name="layerDone">Called after each layer with its number, from 1 to <see cref="LongT5Config.NumLayers"/>.</param>
    /// <param name="observer">Is shown the states between the layers.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public EncodedInput Encode(
        ReadOnlySpan<int> ids, Action<int>? layerDone = null, HiddenStatesObserver? observer = null,
        CancellationToken cancellation = default)
    {
        Check(ids);
        var encoded = _encoder.Run([ids.ToArray()], layerDone, observer, cancellation)[0];
        GC.KeepAlive(this);
        return encoded;
    }

    /// <summary>Encodes inputs of any lengths; each comes out, to the last bit, as it would alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public IReadOnlyList<EncodedInput> EncodeBatch(IReadOnlyList<int[]> inputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (var ids in inputs)
            Check(ids);
        var encoded = new List<EncodedInput>(inputs.Count);
        try
        {
            while (encoded.Count < inputs.Count)
            {
                var (count, tokens) = (0, 0L);
                do
                    tokens += inputs[encoded.Count + count++].Length;
                while (encoded.Count + count < inputs.Count && tokens + inputs[encoded.Count + count].Length <= BatchTokens);
                encoded.AddRange(_encoder.Run([.. inputs.Skip(encoded.Count).Take(count)], null, null, cancellation));
            }
            return encoded;
        }
        catch
        {
            foreach (var input in encoded)
                input.Dispose();
            throw;
        }
    }

    /// <summary>Starts decoding over encoded inputs: their keys and values of cross attention are made here, once.</summary>
    /// <param name="inputs">What this network encoded; may be disposed afterwards.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    /// <exception cref="InvalidOperationException">The checkpoint has no decoder.</exception>
    public NetworkSession StartDecoding(IReadOnlyList<EncodedInput> inputs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (!HasDecoder)
            throw new InvalidOperationException("This checkpoint holds an encoder alone; it cannot decode.");
        foreach (var input in inputs)
        {
            if (input.Width != Config.DModel)
            {
                throw new ArgumentException(
                    $"An input is {input.Width} wide, the network {Config.DModel}: another network encoded it.", nameof(inputs));
            }
        }
        return new(Config, _weights, inputs, _options, _workers, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private void Check(ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
            throw new ArgumentException("An input has at least one token.", nameof(ids));
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)Config.VocabSize)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"A token id lies in 0 ... {Config.VocabSize - 1}.");
        }
    }
}
