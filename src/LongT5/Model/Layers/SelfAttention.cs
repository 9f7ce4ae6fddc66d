// Shapes: R rows, C model width, I = heads x head width.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's look at what it wrote: x += o(attention over the path of each row).</summary>
sealed unsafe class SelfAttention : Sublayer
{
    private readonly LongT5Config _config;
    private readonly AttentionWeights[] _layers;
    private readonly Workers _workers;
    private readonly PathAttention _attention;
    private readonly NativeBuffer _normed;                                            // [R, C]
    private readonly NativeBuffer _queries;                                           // [R, I]
    private readonly NativeBuffer _keys;                                              // [R, I]
    private readonly NativeBuffer _values;                                            // [R, I]
    private readonly DecoderRow[] _rows;

    /// <param name="config">The shape of the model.</param>
    /// <param name="layers">The weights of each layer.</param>
    /// <param name="tables">What a score gains by how long ago a token was decoded, each [buckets, H]:
    /// one for all layers, or one for each.</param>
    /// <param name="mostRows">R at most.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    public SelfAttention(
        LongT5Config config, AttentionWeights[] layers, nint[] tables, int mostRows, Arena arena, Workers workers)
    {
        (_config, _layers, _workers, _rows) = (config, layers, workers, new DecoderRow[mostRows]);
        _attention = new(config, tables, mostRows, arena, workers);
        _normed = arena.Take((long)mostRows * config.DModel);
        _queries = arena.Take((long)mostRows * config.InnerWidth);
        _keys = arena.Take((long)mostRows * config.InnerWidth);
        _values = arena.Take((long)mostRows * config.InnerWidth);
    }

    /// <summary>Tells what the rows of all layers now are.</summary>
    public void Follow(ReadOnlySpan<DecoderRow> rows)
    {
        rows.CopyTo(_rows);
        _attention.Follow(rows);
    }

    public override void Add(int layer, int slice, float* from, float* to, int rows)
    {
        var (weights, inner) = (_layers[layer], _config.InnerWidth);
        RmsNorm.Rows(from, rows, weights.Norm, _config.LayerNormEpsilon, _normed.Pointer, _config.DModel, _workers);
        Target query = new(weights.Query, _queries.Pointer);                                                 // [R, I]
        Target key = new(weights.Key, _keys.Pointer), value = new(weights.Value, _values.Pointer);           // [R, I]
        Linear.Apply(Place.Decoder, _normed.Pointer, rows, [query, key, value], _workers);
        for (var row = 0; row < rows; row++)
        {
            var place = _rows[row].Tree.Key(_rows[row].Node, layer);
            new Span<float>(_keys.Pointer + (long)row * inner, inner).CopyTo(new(place, inner));
            new Span<float>(_values.Pointer + (long)row * inner, inner).CopyTo(
                new(place + KeyValueTree.ToValue(inner), inner));
        }
        _attention.Apply(_queries.Pointer, layer);
        weights.Output.Apply(Place.Decoder, _queries.Pointer, rows, to, _workers, add: true);                // [R, C]
    }
}
