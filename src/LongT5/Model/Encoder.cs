// Shapes: T tokens of all inputs, L of one, C model width.

using LongT5.Kernels;
using LongT5.Model.Layers;
using LongT5.Model.Mixers;

namespace LongT5.Model;

/// <summary>Is shown the states between the layers of the encoder.</summary>
/// <param name="layer">0 for the embeddings, i for what layer i gives; the last is shown after the final norm.</param>
/// <param name="states">[L, C], row-major; valid during the call only.</param>
public delegate void HiddenStatesObserver(int layer, ReadOnlySpan<float> states);

/// <summary>The encoder: embeddings, then layers of a token mixer and a feed-forward part, each normed before, then a norm.</summary>
sealed unsafe class Encoder
{
    private readonly LongT5Config _config;
    private readonly Workers _workers;
    private readonly Embedding _embedding;
    private readonly TokenMixer _mixer;
    private readonly FeedForwardWeights[] _feedForward;
    private readonly float* _norm;                                                    // [C]

    public Encoder(LongT5Config config, Weights weights, Workers workers)
    {
        (_config, _workers) = (config, workers);
        _embedding = weights.Embedding("encoder");
        _mixer = TokenMixer.Of(config, weights);
        _feedForward = [.. Enumerable.Range(0, config.NumLayers)
            .Select(i => new FeedForwardWeights(weights, $"encoder.block.{i}.layer.1", config.IsGatedAct))];
        _norm = weights.Vector("encoder.final_layer_norm.weight");
    }

    /// <summary>Encodes inputs together; each comes out as it would alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="layerDone">Called after each layer with its number, from 1.</param>
    /// <param name="observer">Is shown the states of all inputs as one, after each layer.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public EncodedStates[] Run(
        IReadOnlyList<int[]> inputs, Action<int>? layerDone, HiddenStatesObserver? observer, CancellationToken cancellation)
    {
        var batch = new RaggedBatch([.. inputs.Select(ids => ids.Length)]);
        using var states = new NativeBuffer((long)batch.Rows * _config.DModel);
        var x = states.Pointer;                                                       // [T, C]
        foreach (var input in batch.Inputs)
            _embedding.Of(inputs[input.Index], x + (long)input.Row * _config.DModel);
        observer?.Invoke(0, states.Span(0, checked(batch.Rows * _config.DModel)));

        using (var arena = new Arena())
        {
            Sublayer[] sublayers =
            [
                _mixer.Start(batch, arena, _workers),
                new FeedForward(_config, _feedForward, Place.Encoder, batch.LargestChunk, arena, _workers),
            ];
            for (var layer = 0; layer < _config.NumLayers; layer++)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var sublayer in sublayers)
                    sublayer.Add(layer, x, x, batch.Rows);
                if (layer + 1 < _config.NumLayers)
                    observer?.Invoke(layer + 1, states.Span(0, checked(batch.Rows * _config.DModel)));
                layerDone?.Invoke(layer + 1);
            }
        }
        cancellation.ThrowIfCancellationRequested();
        return Finish(batch, x, observer);
    }

    private EncodedStates[] Finish(RaggedBatch batch, float* x, HiddenStatesObserver? observer)
    {
        var encoded = new EncodedStates[batch.Inputs.Count];
        try
        {
            foreach (var input in batch.Inputs)
            {
                var states = encoded[input.Index] = new(input.Length, _config.DModel);                       // [L, C]
                RmsNorm.Rows(x + (long)input.Row * _config.DModel, input.Length, _norm, _config.LayerNormEpsilon,
                    states.Pointer, _config.DModel, _workers);
                observer?.Invoke(_config.NumLayers, states.States);
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
