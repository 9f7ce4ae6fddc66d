// Shapes: T tokens of all inputs, L of one, C model width.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>Is shown the states between the layers of the encoder.</summary>
/// <param name="layer">0 for the embeddings, i for what layer i gives; the last is shown after the final norm.</param>
/// <param name="states">[L, C], row-major; valid during the call only.</param>
public delegate void HiddenStatesObserver(int layer, ReadOnlySpan<float> states);

/// <summary>The encoder: embeddings, then pre-norm layers of self-attention and feed-forward, then a norm.</summary>
sealed unsafe class Encoder(LongT5Config config, Weights weights, Workers workers)
{
    /// <summary>Encodes inputs together; each comes out as it would alone.</summary>
    /// <param name="inputs">Token ids, at least one each.</param>
    /// <param name="layerDone">Called after each layer with its number, from 1.</param>
    /// <param name="observer">Is shown the states of all inputs as one, after each layer.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public EncodedInput[] Run(
        IReadOnlyList<int[]> inputs, Action<int>? layerDone, HiddenStatesObserver? observer, CancellationToken cancellation)
    {
        var hasGlobals = config.EncoderAttentionType == EncoderAttention.TransientGlobal;
        var blockSize = hasGlobals ? config.GlobalBlockSize : int.MaxValue;
        var batch = new RaggedBatch([.. inputs.Select(ids => ids.Length)], blockSize);
        using var states = new NativeBuffer((long)batch.Rows * config.DModel);
        var x = states.Pointer;                                                       // [T, C]
        Embed(inputs, x);
        observer?.Invoke(0, states.Span(0, checked(batch.Rows * config.DModel)));

        using (var attention = new EncoderSelfAttention(config, weights, batch, workers))
        using (var feedForward = new FeedForward(config, batch.LargestChunk, ManyRows.Multiply, workers))
        {
            for (var i = 0; i < weights.Encoder.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var layer = weights.Encoder[i];
                attention.Apply(x, layer);
                foreach (var chunk in batch.Chunks)
                {
                    feedForward.Apply(
                        x + (long)chunk.Row * config.DModel, chunk.Count, layer.FeedForwardNorm, layer.FeedForward);
                }
                if (i + 1 < weights.Encoder.Length)
                    observer?.Invoke(i + 1, states.Span(0, checked(batch.Rows * config.DModel)));
                layerDone?.Invoke(i + 1);
            }
        }
        cancellation.ThrowIfCancellationRequested();

        var encoded = new EncodedInput[inputs.Count];
        foreach (var input in batch.Inputs)
        {
            var output = new NativeBuffer((long)input.Length * config.DModel);        // [L, C]
            RmsNorm.Rows(x + (long)input.Row * config.DModel, input.Length, weights.EncoderNorm, config.LayerNormEpsilon,
                output.Pointer, config.DModel, workers);
            encoded[input.Index] = new(output, input.Length, config.DModel);
            observer?.Invoke(weights.Encoder.Length, output.Span(0, checked(input.Length * config.DModel)));
        }
        return encoded;
    }

    private void Embed(IReadOnlyList<int[]> inputs, float* x)
    {
        foreach (var ids in inputs)
        {
            foreach (var id in ids)
            {
                Halves.ToFloats(weights.Embedding.Type, weights.Embedding.Row(id), x, config.DModel);
                x += config.DModel;
            }
        }
    }
}
