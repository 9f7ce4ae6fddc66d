// Shapes: R rows, C model width, H heads, L tokens of an input, I = heads x head width.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's look at what it reads: x += o(attention over the encoded input of each row).</summary>
/// <param name="config">The shape of the model.</param>
/// <param name="layers">The weights of each layer.</param>
/// <param name="mostRows">R at most.</param>
/// <param name="arena">Holds the memory.</param>
/// <param name="workers">Who computes.</param>
sealed unsafe class EncoderDecoderAttention(
    LongT5Config config, AttentionWeights[] layers, int mostRows, Arena arena, Workers workers) : Sublayer
{
    private readonly CrossAttention _attention = new(config, arena, workers);
    private readonly NativeBuffer _normed = arena.Take((long)mostRows * config.DModel);         // [R, C]
    private readonly NativeBuffer _queries = arena.Take((long)mostRows * config.InnerWidth);    // [R, I]
    private readonly DecoderRow[] _rows = new DecoderRow[mostRows];

    /// <summary>Tells what the rows of all layers now are.</summary>
    public void Follow(ReadOnlySpan<DecoderRow> rows)
    {
        rows.CopyTo(_rows);
        _attention.Follow(rows);
    }

    public override void Add(int layer, int slice, float* from, float* to, int rows)
    {
        var weights = layers[layer];
        RmsNorm.Rows(from, rows, weights.Norm, config.LayerNormEpsilon, _normed.Pointer, config.DModel, workers);
        weights.Query.Apply(Place.Decoder, _normed.Pointer, rows, _queries.Pointer, workers);                // [R, I]
        if (layer == layers.Length - 1)
            Show(layer, rows);
        _attention.Apply(_queries.Pointer, layer);
        weights.Output.Apply(Place.Decoder, _queries.Pointer, rows, to, workers, add: true);                 // [R, C]
    }

    private void Show(int layer, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            if (_rows[row].Looks is var looks && looks is not null)
                _attention.Weights(_queries.Pointer + (long)row * config.InnerWidth, _rows[row].Memory, layer, looks);
        }
    }
}
