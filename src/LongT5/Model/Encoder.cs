// Shapes: T tokens of all inputs, L of one, C model width.

using LongT5.Kernels;
using LongT5.Model.Layers;
using LongT5.Model.Mixers;

namespace LongT5.Model;

/// <summary>Is shown the states between the layers of the encoder.</summary>
/// <param name="layer">0 for the embeddings, i for what layer i gives; the last is shown after the final norm.</param>
/// <param name="states">[L, C], row-major; valid during the call only.</param>
public delegate void HiddenStatesObserver(int layer, ReadOnlySpan<float> states);

/// <summary>The encoder: embeddings, then layers of sub-layers, each normed before, then a norm.</summary>
sealed unsafe class Encoder
{
    private readonly LongT5Config _config;
    private readonly Workers _workers;
    private readonly Embedding _embedding;
    private readonly TokenMixer _mixer;
    private readonly FeedForwardWeights[] _feedForward;
    private readonly ConvolutionWeights[] _convolution;
    private readonly float* _norm;                                                    // [C]

    public Encoder(LongT5Config config, Weights weights, Workers workers)
    {
        (_config, _workers) = (config, workers);
        _embedding = weights.Embedding("encoder");
        _mixer = TokenMixer.Of(config, weights);
        _feedForward = [.. Enumerable.Range(0, config.NumLayers)
            .Select(i => new FeedForwardWeights(weights, $"encoder.block.{i}.layer.1", config.IsGatedAct))];
        _convolution = [.. Enumerable.Range(0, config.Extensions.Convolution?.Layers ?? 0)
            .Select(i => new ConvolutionWeights(config, weights, i))];
        _norm = weights.Vector("encoder.final_layer_norm.weight");
    }

    /// <summary>Encodes inputs together; each comes out as it would alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="layerDone">Called after each layer with its number, from 1.</param>
    /// <param name="observer">Is shown the states of all inputs as one, after each layer.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public EncodedStates[] Run(
        IReadOnlyList<int[]> inputs, Action<int>? layerDone, HiddenStatesObserver? observer,
        CancellationToken cancellation)
    {
        var batch = new RaggedBatch([.. inputs.Select(ids => ids.Length)]);
        using var arena = new Arena();
        var size = (long)batch.Rows * _config.DModel;
        var x = new Residual(_config.Extensions.IsReversible, size, arena);           // [T, C]
        foreach (var input in batch.Inputs)
            _embedding.Of(inputs[input.Index], x.Pointer + (long)input.Row * _config.DModel, Place.Encoder, _workers);
        x.Begin(size);
        Show(observer, 0, x, size);
        Layers(batch, x, size, layerDone, observer, cancellation);
        cancellation.ThrowIfCancellationRequested();
        x.Join(x.Pointer, size);
        return Finish(batch, x.Pointer, observer);
    }

    private void Layers(
        RaggedBatch batch, Residual x, long size, Action<int>? layerDone, HiddenStatesObserver? observer,
        CancellationToken cancellation)
    {
        using var arena = new Arena();
        Sublayer[] sublayers =
        [
            .. _convolution.Length > 0
                ? [new Convolution(_config, _convolution, batch, arena, _workers)] : Array.Empty<Sublayer>(),
            _mixer.Start(batch, arena, _workers),
            new FeedForward(_config, _feedForward, Place.Encoder, batch.LargestChunk, arena, _workers),
        ];
        for (var layer = 0; layer < _config.NumLayers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var sublayer in sublayers)
            {
                if (sublayer.IsIn(layer))
                    x.Add(sublayer, layer, batch.Rows);
            }
            if (layer + 1 < _config.NumLayers)
                Show(observer, layer + 1, x, size);
            layerDone?.Invoke(layer + 1);
        }
    }

    /// <summary>Of two streams their mean is shown.</summary>
    private static void Show(HiddenStatesObserver? observer, int layer, Residual x, long size)
    {
        if (observer is null)
            return;
        if (!x.IsReversible)
        {
            observer(layer, new(x.Pointer, checked((int)size)));
            return;
        }
        using var states = new NativeBuffer(size);
        x.Join(states.Pointer, size);
        observer(layer, states.Span(0, checked((int)size)));
    }

    private EncodedStates[] Finish(RaggedBatch batch, float* x, HiddenStatesObserver? observer)
    {
        var encoded = new EncodedStates[batch.Inputs.Count];
        try
        {
            foreach (var input in batch.Inputs)
            {
                // The norm goes where the states are, unless they are pooled into others.
                var isPooled = _config.Extensions.PoolingStride > 1;
                var states = encoded[input.Index] = new(_config.EncodedTokens(input.Length), _config.DModel);
                using var normed = new NativeBuffer(isPooled ? (long)input.Length * _config.DModel : 0);
                var h = isPooled ? normed.Pointer : states.Pointer;                   // [L, C]
                RmsNorm.Rows(x + (long)input.Row * _config.DModel, input.Length, _norm, _config.LayerNormEpsilon, h,
                    _config.DModel, _workers);
                observer?.Invoke(_config.NumLayers, new(h, checked(input.Length * _config.DModel)));
                if (isPooled)
                    Pooling.Mean(h, input.Length, _config.DModel, _config.Extensions.PoolingStride,
                        states.Pointer, _workers);
            }
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
