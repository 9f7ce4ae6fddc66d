// Shapes: R rows, C model width, V vocabulary.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model.Heads;

/// <summary>Scores of the vocabulary's tokens, by a matrix of its own or by the embedding.</summary>
/// <remarks>
/// A head tied to the embedding wants the decoder's output scaled by <c>d_model^-0.5</c>. Where a head of its own was
/// lost, the embedding serves unscaled, as it does in the reference.
/// </remarks>
sealed unsafe class VocabularyHead : DecoderHead
{
    private readonly Linear _map;
    private readonly int _width;
    private readonly bool _scales;

    public VocabularyHead(LongT5Config config, bool isOwn, Weights weights)
    {
        _map = weights.Linear("lm_head");
        _width = config.DModel;
        _scales = config.ScalesOutput(isOwn);
    }

    public override int Outputs => _map.Outputs;

    public override double Bytes => _map.Bytes;

    public override void Apply(float* h, int rows, float* outputs, Workers workers)
    {
        if (_scales)
            Vectors.Scale(h, 1 / MathF.Sqrt(_width), (long)rows * _width);
        _map.Apply(Place.Decoder, h, rows, outputs, workers);
    }
}
