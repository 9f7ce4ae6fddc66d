// Shapes: G global tokens of all inputs, C model width, H heads, I = heads x head width.

using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>
/// The global tokens of a batch: the normed sum of each block of a layer's normed
/// input, projected by the layer's own k and v.
/// </summary>
sealed unsafe class GlobalTokens
{
    private readonly LongT5Config _config;
    private readonly nint[] _norms;
    private readonly RaggedBatch _batch;
    private readonly Workers _workers;
    private readonly GlobalBlocks[] _blocks;                                          // of each input
    // the first global token of each input
    private readonly int[] _firsts;
    private readonly NativeBuffer _sums;                                              // [G, C]
    private readonly PackedKeys _keys;

    /// <param name="config">The shape of the model.</param>
    /// <param name="norms">Of each layer: [C].</param>
    /// <param name="table">[buckets, H]: what a score gains by the distance of a block.</param>
    /// <param name="batch">The inputs.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    public GlobalTokens(LongT5Config config, nint[] norms, float* table, RaggedBatch batch, Arena arena,
        Workers workers)
    {
        (_config, _norms, _batch, _workers) = (config, norms, batch, workers);
        _blocks = [.. batch.Inputs.Select(input => new GlobalBlocks(input.Length, config.GlobalBlockSize))];
        _firsts = new int[_blocks.Length];
        for (var i = 0; i < _blocks.Length; i++)
        {
            _firsts[i] = Count;
            Count += _blocks[i].Count;
        }
        _sums = arena.Take((long)Count * config.DModel);
        _keys = new(config, _blocks, table, _blocks.Max(blocks => blocks.Count) - 1, arena);
    }

    /// <summary>G.</summary>
    public int Count { get; }

    /// <summary>What the tokens of an input see of them; null where it has none.</summary>
    public KeySet? Of(RaggedBatch.Input input) => _blocks[input.Index].Count > 0 ? _keys.Of(input) : null;

    /// <summary>Begins a layer.</summary>
    public void Clear() => _sums.Clear();

    /// <summary>Adds some tokens to the sums of their blocks.</summary>
    /// <param name="piece">Which tokens.</param>
    /// <param name="states">[piece.Count, C]: their normed states.</param>
    public void Add(RaggedBatch.Piece piece, float* states) => _blocks[piece.Input.Index].Add(
        states, piece.First, piece.Count, _sums.Pointer + (long)_firsts[piece.Input.Index] * _config.DModel,
        _config.DModel, _workers);

    /// <summary>Makes keys and values of the sums.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="keys">[G, I]: room.</param>
    /// <param name="values">[G, I]: room.</param>
    public void Project(int layer, AttentionWeights weights, float* keys, float* values)
    {
        var globals = _sums.Pointer;                                                                         // [G, C]
        RmsNorm.Rows(globals, Count, (float*)_norms[layer], _config.LayerNormEpsilon, globals,
            _config.DModel, _workers);
        Linear.Apply(Place.Encoder, globals, Count, [new(weights.Key, keys), new(weights.Value, values)], _workers);
        foreach (var input in _batch.Inputs.Where(input => _blocks[input.Index].Count > 0))
        {
            var first = (long)_firsts[input.Index] * _config.InnerWidth;
            _keys.Pack(input, keys + first, values + first, 0, _blocks[input.Index].Count, _workers);
        }
    }
}
