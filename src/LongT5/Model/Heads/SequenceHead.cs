// Shapes: R rows, C model width, O labels.

using LongT5.Kernels;

namespace LongT5.Model.Heads;

/// <summary>
/// Labels or numbers of a whole text: out(tanh(dense(h))), read at the last end token (T5ForSequenceClassification).
/// </summary>
sealed unsafe class SequenceHead(LongT5Config config, Weights weights) : DecoderHead
{
    private readonly LabelScores _dense = new(weights, "classification_head.dense");
    private readonly LabelScores _out = new(weights, "classification_head.out_proj");

    public override int Outputs => _out.Outputs;

    public override double Bytes => _dense.Bytes + _out.Bytes;

    public override void Apply(float* h, int rows, float* outputs, Workers workers)
    {
        using var inner = Scratch.Rent((long)rows * config.DModel);                   // [R, C]
        _dense.Apply(Place.Decoder, h, rows, inner.Pointer, workers);
        for (var i = 0; i < rows * config.DModel; i++)
            inner.Pointer[i] = MathF.Tanh(inner.Pointer[i]);
        _out.Apply(Place.Decoder, inner.Pointer, rows, outputs, workers);
    }
}
