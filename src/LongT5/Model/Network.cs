using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model.Adapters;
using LongT5.Model.Heads;
using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>
/// A LongT5 ready to compute on the CPU: encoder, decoder and their weights.
/// Immutable; any number of threads may share it.
/// </summary>
/// <remarks>
/// Weights of a mapped checkpoint are used where they lie, so loading costs next to nothing. The same input gives the
/// same bits alone and in any batch, on any number of threads. Disposed while requests run, it lets them end first.
/// </remarks>
sealed class Network : Engine
{
    /// <summary>Inputs are encoded together up to this many tokens; more would only take memory.</summary>
    private const int BatchTokens = 4096;

    private readonly Lifetime _life;
    private readonly StoredWeights _stored;
    private readonly Workers _workers;
    private readonly EngineOptions _options;
    private readonly EncoderWeights _encoder;
    private readonly DecoderWeights? _decoder;
    private readonly LabelScores? _tokenHead;

    /// <param name="config">The shape.</param>
    /// <param name="head">What stands on its last states.</param>
    /// <param name="stored">The weights of the checkpoint.</param>
    /// <param name="weights">Those, or those with an adapter beside them.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="options">How.</param>
    /// <param name="life">Keeps all of that; the network's from now on.</param>
    private Network(
        LongT5Config config, ModelHead head, StoredWeights stored, Weights weights, Workers workers,
        EngineOptions options, Lifetime life)
    {
        (Config, Head, _stored, _workers, _options, _life) = (config, head, stored, workers, options, life);
        _encoder = new(config, weights);
        _decoder = Head.HasDecoder() ? new(config, Head, weights) : null;
        _tokenHead = Head == ModelHead.Tokens ? new(weights, "classifier") : null;
    }

    /// <inheritdoc/>
    public override LongT5Config Config { get; }

    /// <inheritdoc/>
    public override ModelHead Head { get; }

    /// <inheritdoc/>
    internal override int Threads => _workers.Count;

    /// <inheritdoc/>
    public override double StepBytes(long tokens, double past) => (_decoder?.StepBytes ?? 0)
        + 2.0 * Config.NumDecoderLayers * Config.InnerWidth
            * (tokens / Config.Extensions.PoolingStride * _options.CrossType.Size() + past * sizeof(float));

    /// <inheritdoc/>
    public override WorkEstimate Estimate(int tokens, int beams = 1, int newTokens = 0)
        => WorkEstimate.For(Config, tokens, beams, newTokens, _options.CrossType);

    /// <inheritdoc/>
    public override int LongestInput(long bytes, int beams = 1, int newTokens = 0)
        => WorkEstimate.Longest(Config, bytes, beams, newTokens, _options.CrossType);

    /// <summary>A network over an open checkpoint.</summary>
    /// <param name="checkpoint">Its bytes are used where they lie, and stay until the
    /// network and its sessions have ended.</param>
    /// <param name="workers">The threads that compute; <see cref="Workers.Shared"/> for all processors.</param>
    /// <param name="options">How to compute; the default is exact to the reference.</param>
    /// <exception cref="BadFileException">The configuration asks for what cannot be computed.</exception>
    public static Network Load(Checkpoint checkpoint, Workers workers, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(workers);
        var config = checkpoint.Config;
        if (RelativePosition.Problem(config.RelativeAttentionNumBuckets,
            config.RelativeAttentionMaxDistance) is { } problem)
            throw new BadFileException(checkpoint.Path, problem);
        if (checkpoint.Head == ModelHead.Tokens && config.Extensions.PoolingStride > 1)
            throw new BadFileException(checkpoint.Path,
                "its head scores tokens, but its encoder pools them (extensions.pooling).");
        return Load(config, checkpoint.Tensors, workers, options ?? new(), checkpoint.Use());
    }

    internal static Network Load(
        LongT5Config config, IReadOnlyDictionary<string, StoredTensor> tensors, Workers workers,
        EngineOptions? options = null)
        => Load(config, tensors, workers, options ?? new(), new());

    /// <inheritdoc/>
    public override EngineRun<IReadOnlyList<EncodedInput>> BeginEncoding(
        IReadOnlyList<int[]> inputs, Action<int>? layerDone = null, HiddenStatesObserver? observer = null,
        EncoderWindows? windows = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (var ids in inputs)
            Check(ids);
        if (windows is not null && inputs.Any(ids => windows.Over(ids.Length).Count > 1))
        {
            return Config.Extensions.PoolingStride > 1
                ? throw new ArgumentException("This model pools states of tokens, so those of windows do not join.")
                : observer is not null
                ? throw new ArgumentException("Windows have no layer in common to be observed.", nameof(observer))
                : new WindowsRun(this, inputs, windows, layerDone);
        }
        return new EncoderRun(Config, _encoder, this, Use(), inputs, layerDone, observer, _workers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<EncodedInput> EncodeBatch(
        IReadOnlyList<int[]> inputs, EncoderWindows? windows = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (var ids in inputs)
            Check(ids);
        using var lease = Use();
        var encoded = new List<EncodedInput>(inputs.Count);
        try
        {
            while (encoded.Count < inputs.Count)
            {
                var (count, tokens) = (0, 0L);
                do
                    tokens += inputs[encoded.Count + count++].Length;
                while (encoded.Count + count < inputs.Count
                    && tokens + inputs[encoded.Count + count].Length <= BatchTokens);
                using var run = BeginEncoding([.. inputs.Skip(encoded.Count).Take(count)], windows: windows);
                encoded.AddRange(run.Finish(cancellation));
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

    /// <inheritdoc/>
    public override EngineRun<EngineSession> BeginDecoding(IReadOnlyList<EncodedInput> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (_decoder is null)
            throw new NotSupportedException("This checkpoint holds an encoder alone; it cannot write. Name a model with a decoder.");
        return new SessionRun([.. inputs.Select(Own)], this);
    }

    /// <inheritdoc/>
    public override Network WithAdapter(Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var (config, head) = adapter.Over(Config, Head);
        if (head.HasDecoder() && !Head.HasDecoder())
            throw new BadFileException(adapter.Path, "its head stands on a decoder, which the model does not have.");
        var fitted = adapter.Fit(config, head);
        var life = new Lifetime();
        try
        {
            life.Keep(Use());
            return new(config, head, _stored, life.Keep(new AdaptedWeights(_stored, fitted, _workers)), _workers,
                _options, life);
        }
        catch
        {
            life.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override unsafe float[] ScoreTokens(EncodedInput input)
    {
        if (_tokenHead is null)
            throw new InvalidOperationException(
                $"The head of this model is {Head}; it does not score tokens of the encoder.");
        var states = Own(input);
        using Lifetime.Lease network = Use(), encoded = states.Use();
        var scores = new float[checked(states.Length * _tokenHead.Outputs)];
        fixed (float* to = scores)
            _tokenHead.Apply(Place.Encoder, states.Pointer, states.Length, to, _workers);
        return scores;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _life.Dispose();

    /// <param name="config">The shape.</param>
    /// <param name="tensors">By name.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="options">How.</param>
    /// <param name="life">What the tensors lie in; the network's from now on.</param>
    private static Network Load(
        LongT5Config config, IReadOnlyDictionary<string, StoredTensor> tensors, Workers workers, EngineOptions options,
        Lifetime life)
    {
        try
        {
            life.Keep(new Remains());
            life.Keep(workers.Use());
            var weights = life.Keep(new StoredWeights(tensors, options.WeightType, workers));
            var head = WeightShapes.HeadOf(weights.Has("decoder.final_layer_norm.weight"), weights.Has);
            return new(config, head, weights, weights, workers, options, life);
        }
        catch
        {
            life.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the network until the lease is disposed.</summary>
    internal Lifetime.Lease Use() => _life.Use(this);

    /// <summary>What takes a session's tokens through its decoder.</summary>
    internal Decoder NewDecoder(Arena arena) => new(Config, _decoder!, arena, _workers);

    /// <summary>What a session sees of an input, not yet filled.</summary>
    internal CrossMemory NewMemory(int length, Arena arena)
        => new(Config, _decoder!.Cross, length, _options.CrossType, arena, _workers);

    private EncodedStates Own(EncodedInput input)
        => input is not EncodedStates states || states.Encoder is { } encoder && encoder._stored != _stored
            ? throw new ArgumentException("An input was encoded by another engine.", nameof(input))
            : states.Width != Config.DModel ? throw new ArgumentException(
                $"An input is {input.Width} wide, the network {Config.DModel}: another network encoded it.",
                nameof(input))
            : states;

    private void Check(ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
            throw new ArgumentException("An input has at least one token.", nameof(ids));
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)Config.VocabSize)
                throw new ArgumentOutOfRangeException(nameof(ids), id,
                    $"A token id lies in 0 ... {Config.VocabSize - 1}.");
        }
    }
}
