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
    private bool _endsWithLooking;

    /// <summary>Tells what the rows of all layers now are.</summary>
    /// <param name="rows">They.</param>
    /// <param name="endsWithLooking">Whether of the last layer nothing is wanted but where they look.</param>
    public void Follow(ReadOnlySpan<DecoderRow> rows, bool endsWithLooking)
    {
        _endsWithLooking = endsWithLooking;
        rows.CopyTo(_rows);
        _attention.Follow(rows);
    }

    public override void Add(int layer, int slice, float* from, float* to, int rows)
    {
        var weights = layers[layer];
        RmsNorm.Rows(from, rows, weights.Norm, config.LayerNormEpsilon, _normed.Pointer, config.DModel, workers);
        weights.Query.Apply(Place.Decoder, _normed.Pointer, rows, _queries.Pointer, workers);                // [R, I]
        KeepQueries(layer, rows);
        if (layer == layers.Length - 1)
        {
            Show(layer, rows);
            if (_endsWithLooking)
            {
                _attention.Look(_queries.Pointer, layer);
                return;
            }
        }
        _attention.Apply(_queries.Pointer, layer);
        weights.Output.Apply(Place.Decoder, _queries.Pointer, rows, to, workers, add: true);                 // [R, C]
    }

    /// <summary>Lets rows that went through all layers look once more, for what their probes record.</summary>
    public void LookAgain(ReadOnlySpan<DecoderRow> rows, CancellationToken cancellation)
    {
        _attention.Follow(rows);
        for (var layer = 0; layer < layers.Length; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var row = 0; row < rows.Length; row++)
                new Span<float>(rows[row].Tree.Query(rows[row].Node, layer), config.InnerWidth).CopyTo(Query(row));
            _attention.Look(_queries.Pointer, layer);
        }
    }

    private void KeepQueries(int layer, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            if (_rows[row].Tree.KeepsQueries)
                Query(row).CopyTo(new(_rows[row].Tree.Query(_rows[row].Node, layer), config.InnerWidth));
        }
    }

    private Span<float> Query(int row)
        => new(_queries.Pointer + (long)row * config.InnerWidth, config.InnerWidth);

    private void Show(int layer, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            if (_rows[row].Looks is var looks && looks is not null)
                _attention.Weights(_queries.Pointer + (long)row * config.InnerWidth, _rows[row].Memory, layer, looks);
        }
    }
}
