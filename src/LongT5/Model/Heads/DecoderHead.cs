// Shapes: R rows, C model width, O outputs of a row.

using LongT5.Kernels;

namespace LongT5.Model.Heads;

/// <summary>What stands on the decoder's output after the last norm.</summary>
abstract unsafe class DecoderHead
{
    /// <summary>O.</summary>
    public abstract int Outputs { get; }

    /// <summary>Bytes of its matrices.</summary>
    public abstract double Bytes { get; }

    /// <summary>The head of a model: the only place where its kind chooses code.</summary>
    public static DecoderHead Of(LongT5Config config, ModelHead head, Weights weights) => head switch
    {
        ModelHead.Sequence => new SequenceHead(config, weights),
        ModelHead.Spans => new SpanHead(weights),
        _ => new VocabularyHead(config, head == ModelHead.Vocabulary, weights),
    };

    /// <param name="h">[R, C]; may be changed in place.</param>
    /// <param name="rows">R.</param>
    /// <param name="outputs">[R, O].</param>
    /// <param name="workers">Who computes.</param>
    public abstract void Apply(float* h, int rows, float* outputs, Workers workers);
}
