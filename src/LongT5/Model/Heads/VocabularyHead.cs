// Shapes: R rows, C model width, V vocabulary.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model.Heads;

/// <summary>Scores of the vocabulary's tokens, by a matrix of its own or by the embedding.</summary>
/// <remarks>
/// A head tied to the embedding wants the decoder's output scaled by <c>d_model^-0.5</c>. Where a head of its own was lost,
/// the embedding serves unscaled, as it does in the reference.
/// </remarks>
sealed unsafe class VocabularyHead
{
    private readonly Linear _map;
    private readonly int _width;
    private readonly bool _scales;

    public VocabularyHead(LongT5Config config, Weights weights)
    {
        var isOwn = weights.Has(WeightShapes.Head);
        _map = isOwn ? weights.Linear("lm_head") : new(weights.Embedding);
        _width = config.DModel;
        _scales = config.ScalesOutput(isOwn);
    }

    /// <summary>Bytes of its matrix.</summary>
    public double Bytes => _map.Bytes;

    /// <param name="h">[R, C]: the decoder's output after the last norm; it may be scaled in place.</param>
    /// <param name="rows">R.</param>
    /// <param name="logits">[R, V].</param>
    /// <param name="workers">Who computes.</param>
    public void Apply(float* h, int rows, float* logits, Workers workers)
    {
        if (_scales)
            Vectors.Scale(h, 1 / MathF.Sqrt(_width), (long)rows * _width);
        _map.Apply(Place.Decoder, h, rows, logits, workers);
    }
}
