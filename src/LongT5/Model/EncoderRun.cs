// Shapes: T tokens of all inputs, L of one, C model width.

using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>Is shown the states between the layers of the encoder.</summary>
/// <param name="layer">0 for the embeddings, i for what layer i gives; the last is shown after the final norm.</param>
/// <param name="states">[L, C], row-major; valid during the call only.</param>
public delegate void HiddenStatesObserver(int layer, ReadOnlySpan<float> states);

/// <summary>
/// The encoder over some inputs together: embeddings, then layers of sub-layers, each normed before, then a norm. Each
/// input comes out as it would alone.
/// </summary>
/// <param name="config">The shape of the model.</param>
/// <param name="weights">The encoder's.</param>
/// <param name="network">Whose states these become.</param>
/// <param name="lease">Keeps the network.</param>
/// <param name="inputs">Token ids, at least one each.</param>
/// <param name="layerDone">Called after each layer with its number, from 1.</param>
/// <param name="observer">Is shown the states of all inputs as one, after each layer.</param>
/// <param name="workers">Who computes.</param>
sealed unsafe class EncoderRun(
    LongT5Config config, EncoderWeights weights, Network network, Lifetime.Lease lease, IReadOnlyList<int[]> inputs,
    Action<int>? layerDone, HiddenStatesObserver? observer, Workers workers) : EngineRun<IReadOnlyList<EncodedInput>>
{
    private readonly RaggedBatch _batch = new([.. inputs.Select(ids => ids.Length)]);
    private readonly Arena _states = new(), _layers = new();
    private Residual? _x;                                                             // [T, C]
    private Sublayer[] _sublayers = [];
    private int _layer, _sublayer, _slice;
    private bool _isDisposed;

    /// <inheritdoc/>
    public override double Share => IsDone ? 1 : _sublayers.Length == 0 ? 0
        : (_layer + (_sublayer + (double)_slice / Current.Slices(_batch.Rows)) / _sublayers.Length) / config.NumLayers;

    private long Size => (long)_batch.Rows * config.DModel;

    private Sublayer Current => _sublayers[_sublayer];

    /// <inheritdoc/>
    protected override IReadOnlyList<EncodedInput>? Advance()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_x is null)
            Begin();
        else if (_layer < config.NumLayers)
            Add(_x);
        else
            return Finish(_x);
        return null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _layers.Dispose();
        _states.Dispose();
        lease.Dispose();
    }

    private void Begin()
    {
        _x = new(config.Extensions.IsReversible, Size, _states);
        foreach (var input in _batch.Inputs)
            weights.Embedding.Of(inputs[input.Index], _x.Pointer + (long)input.Row * config.DModel, Place.Encoder,
                workers);
        _x.Begin(Size);
        Show(_x, 0);
        _sublayers =
        [
            .. weights.Convolution.Length > 0
                ? [new Convolution(config, weights.Convolution, _batch, _layers, workers)] : Array.Empty<Sublayer>(),
            weights.Mixer.Start(_batch, _layers, workers),
            new FeedForward(config, weights.FeedForward, Place.Encoder,
                Math.Min(_batch.LargestChunk, FeedForward.MostRows(config)), _layers, workers),
        ];
        SkipAbsent();
    }

    private void Add(Residual x)
    {
        if (!x.Add(Current, _layer, _slice++, _batch.Rows))
            return;
        (_sublayer, _slice) = (_sublayer + 1, 0);
        SkipAbsent();
        if (_sublayer < _sublayers.Length)
            return;
        (_layer, _sublayer) = (_layer + 1, 0);
        if (_layer < config.NumLayers)
            Show(x, _layer);
        layerDone?.Invoke(_layer);
        SkipAbsent();
    }

    private void SkipAbsent()
    {
        while (_sublayer < _sublayers.Length && !Current.IsIn(_layer))
            _sublayer++;
    }

    /// <summary>Of two streams their mean is shown.</summary>
    private void Show(Residual x, int layer)
    {
        if (observer is null)
            return;
        if (!x.IsReversible)
        {
            observer(layer, new(x.Pointer, checked((int)Size)));
            return;
        }
        using var states = new NativeBuffer(Size);
        x.Join(states.Pointer, Size);
        observer(layer, states.Span(0, checked((int)Size)));
    }

    private EncodedStates[] Finish(Residual x)
    {
        _layers.Dispose();
        x.Join(x.Pointer, Size);
        var encoded = new EncodedStates[_batch.Inputs.Count];
        try
        {
            foreach (var input in _batch.Inputs)
            {
                // The norm goes where the states are, unless they are pooled into others.
                var isPooled = config.Extensions.PoolingStride > 1;
                var states = encoded[input.Index] =
                    new(config.EncodedTokens(input.Length), config.DModel) { Encoder = network };
                using var normed = new NativeBuffer(isPooled ? (long)input.Length * config.DModel : 0);
                var h = isPooled ? normed.Pointer : states.Pointer;                   // [L, C]
                RmsNorm.Rows(x.Pointer + (long)input.Row * config.DModel, input.Length, weights.Norm,
                    config.LayerNormEpsilon, h, config.DModel, workers);
                observer?.Invoke(config.NumLayers, new(h, checked(input.Length * config.DModel)));
                if (isPooled)
                    Pooling.Mean(h, input.Length, config.DModel, config.Extensions.PoolingStride,
                        states.Pointer, workers);
            }
            _states.Dispose();
            return encoded;
        }
        catch
        {
            foreach (var states in encoded)
                states?.Dispose();
            throw;
        }
    }
}
