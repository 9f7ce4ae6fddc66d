using LongT5.Kernels;

namespace LongT5.Model.Heads;

/// <summary>How likely an answer begins, and ends, at each token (T5ForQuestionAnswering).</summary>
sealed unsafe class SpanHead(Weights weights) : DecoderHead
{
    private readonly LabelScores _scores = new(weights, "qa_outputs");

    public override int Outputs => _scores.Outputs;

    public override double Bytes => _scores.Bytes;

    public override void Apply(float* h, int rows, float* outputs, Workers workers)
        => _scores.Apply(Place.Decoder, h, rows, outputs, workers);
}
