// Shapes: T tokens of all inputs, N of a chunk, G global tokens of all inputs,
//         C model width, H heads, D head width, I = H D.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The encoder's self-attention, of all three kinds.</summary>
/// <remarks>
/// A token sees its neighbours within a radius (local attention; T5.1.1: everyone), and with transient-global
/// attention also every global token: the normed sum of a block of the layer's normed input, made anew in each layer
/// and projected by the layer's own k and v. One softmax runs over both. Scores are not divided by sqrt(D): T5 folds
/// that into its initialisation.
/// </remarks>
sealed unsafe class EncoderSelfAttention : IDisposable
{
    private readonly LongT5Config _config;
    private readonly RaggedBatch _batch;
    private readonly Workers _workers;
    private readonly NativeBuffer _normed;
    private readonly NativeBuffer _keyRows;
    private readonly NativeBuffer _valueRows;
    private readonly NativeBuffer _queries;
    private readonly NativeBuffer _values;
    private readonly NativeBuffer _panels;
    private readonly NativeBuffer _biases;
    private readonly NativeBuffer _globals;
    private readonly NativeBuffer _globalValues;
    private readonly NativeBuffer _globalPanels;
    private readonly NativeBuffer _globalBiases;
    private readonly QuerySet[] _looks;

    public EncoderSelfAttention(LongT5Config config, Weights weights, RaggedBatch batch, Workers workers)
    {
        (_config, _batch, _workers) = (config, batch, workers);
        long width = config.DModel, inner = config.InnerWidth;
        var longest = batch.Inputs.Max(input => input.Length);
        var mostBlocks = batch.Inputs.Max(input => input.Blocks.Count);
        var reach = config.EncoderAttentionType == EncoderAttention.Full
            ? longest - 1
            : Math.Min(config.LocalRadius, longest - 1);

        _normed = new(batch.LargestChunk * width);
        _keyRows = new(Math.Max(batch.LargestChunk, batch.Globals) * inner);
        _valueRows = new(Math.Max(batch.LargestChunk, batch.Globals) * inner);
        _queries = new(batch.Rows * inner);
        _values = new(batch.Inputs.Sum(input => ValuesLength(input.Length)));
        _panels = new(batch.Inputs.Sum(input => PanelsLength(input.Length)));
        _biases = Biases(weights.LocalBias, reach);
        _globals = new(batch.Globals * width);
        _globalValues = new(batch.Inputs.Sum(input => ValuesLength(input.Blocks.Count)));
        _globalPanels = new(batch.Inputs.Sum(input => PanelsLength(input.Blocks.Count)));
        _globalBiases = batch.Globals > 0 ? Biases(weights.GlobalBias, mostBlocks - 1) : new(0);

        var panels = _panels.Pointer;
        var values = _values.Pointer;
        var globalPanels = _globalPanels.Pointer;
        var globalValues = _globalValues.Pointer;
        _looks = new QuerySet[batch.Inputs.Count];
        for (var i = 0; i < _looks.Length; i++)
        {
            var input = batch.Inputs[i];
            var tokens = new KeySet
            {
                Blocks = new(input.Length, 1),
                Panels = panels,
                Values = values,
                Biases = _biases.Pointer,
                Reach = reach,
            };
            var globals = new KeySet
            {
                Blocks = input.Blocks,
                Panels = globalPanels,
                Values = globalValues,
                Biases = _globalBiases.Pointer,
                Reach = mostBlocks - 1,
            };
            _looks[i] = new(_queries.Pointer + input.Row * inner, input.Length,
                input.Blocks.Count > 0 ? [tokens, globals] : [tokens]);
            panels += PanelsLength(input.Length);
            values += ValuesLength(input.Length);
            globalPanels += PanelsLength(input.Blocks.Count);
            globalValues += ValuesLength(input.Blocks.Count);
        }
    }

    /// <summary>x += attention(norm(x)).</summary>
    /// <param name="x">[T, C].</param>
    /// <param name="layer">The layer's weights.</param>
    public void Apply(float* x, EncoderLayerWeights layer)
    {
        _globals.Span(0, checked((int)_globals.Length)).Clear();
        foreach (var chunk in _batch.Chunks)
            Project(x, chunk, layer);
        if (_batch.Globals > 0)
            ProjectGlobals(layer);
        FusedAttention.Run(_looks, _config.NumHeads, _config.DKv, _workers);                                 // [T, I]
        foreach (var chunk in _batch.Chunks)
        {
            ManyRows.Multiply(_queries.Pointer + (long)chunk.Row * _config.InnerWidth, chunk.Count, layer.Attention.Output,
                x + (long)chunk.Row * _config.DModel, _workers, add: true);                                  // [N, C]
        }
    }

    public void Dispose()
    {
        _normed.Dispose();
        _keyRows.Dispose();
        _valueRows.Dispose();
        _queries.Dispose();
        _values.Dispose();
        _panels.Dispose();
        _biases.Dispose();
        _globals.Dispose();
        _globalValues.Dispose();
        _globalPanels.Dispose();
        _globalBiases.Dispose();
    }

    private void Project(float* x, RaggedBatch.Chunk chunk, EncoderLayerWeights layer)
    {
        var (width, inner) = (_config.DModel, _config.InnerWidth);
        var h = _normed.Pointer;                                                                             // [N, C]
        var at = (long)chunk.Row * inner;
        RmsNorm.Rows(
            x + (long)chunk.Row * width, chunk.Count, layer.AttentionNorm, _config.LayerNormEpsilon, h, width, _workers);
        Output query = new(layer.Attention.Query, _queries.Pointer + at);                                    // [N, I]
        Output key = new(layer.Attention.Key, _keyRows.Pointer), value = new(layer.Attention.Value, _valueRows.Pointer);
        ManyRows.Multiply(h, chunk.Count, [query, key, value], _workers);
        foreach (var piece in chunk.Pieces)
        {
            var from = (long)Offset(piece) * inner;
            PackKeys(_keyRows.Pointer + from, piece.Count, _looks[piece.Input.Index].Keys[0], piece.First);
            PackValues(_valueRows.Pointer + from, piece.Count, _looks[piece.Input.Index].Keys[0], piece.First);
            if (_batch.Globals > 0)
            {
                piece.Input.Blocks.Add(h + (long)Offset(piece) * width, piece.First, piece.Count,
                    _globals.Pointer + (long)piece.Input.Global * width, width, _workers);
            }
        }

        int Offset(RaggedBatch.Piece piece) => piece.Input.Row + piece.First - chunk.Row;
    }

    private void ProjectGlobals(EncoderLayerWeights layer)
    {
        var globals = _globals.Pointer;                                                                      // [G, C]
        RmsNorm.Rows(
            globals, _batch.Globals, layer.GlobalNorm, _config.LayerNormEpsilon, globals, _config.DModel, _workers);
        Output key = new(layer.Attention.Key, _keyRows.Pointer), value = new(layer.Attention.Value, _valueRows.Pointer);
        ManyRows.Multiply(globals, _batch.Globals, [key, value], _workers);                                      // [G, I]
        foreach (var input in _batch.Inputs.Where(input => input.Blocks.Count > 0))
        {
            var from = (long)input.Global * _config.InnerWidth;
            PackKeys(_keyRows.Pointer + from, input.Blocks.Count, _looks[input.Index].Keys[1], 0);
            PackValues(_valueRows.Pointer + from, input.Blocks.Count, _looks[input.Index].Keys[1], 0);
        }
    }

    /// <summary>Keys [count, I] from position <paramref name="first"/> on, a multiple of a panel, into each head's panels.</summary>
    private void PackKeys(float* keys, int count, KeySet set, int first)
        => _workers.For(_config.NumHeads, head => Tiles.PackKeys(
            keys + head * _config.DKv, _config.InnerWidth, count, _config.DKv,
            set.Panels + head * Tiles.PanelsLength(set.Blocks.Count, _config.DKv) + (long)first * _config.DKv));

    /// <summary>Values [count, I] from position <paramref name="first"/> on into each head's panels.</summary>
    private void PackValues(float* values, int count, KeySet set, int first)
        => _workers.For(_config.NumHeads, head => Tiles.PackValues(
            values + head * _config.DKv, _config.InnerWidth, count, _config.DKv,
            set.Values + head * Tiles.ValuesLength(set.Blocks.Count, _config.DKv) + (long)first * Tiles.PanelKeys,
            set.Blocks.Count));

    private long PanelsLength(int keys) => _config.NumHeads * Tiles.PanelsLength(keys, _config.DKv);

    private long ValuesLength(int keys) => _config.NumHeads * Tiles.ValuesLength(keys, _config.DKv);

    private NativeBuffer Biases(float* table, int reach) => RelativePosition.Both(
        table, _config.NumHeads, _config.RelativeAttentionNumBuckets, _config.RelativeAttentionMaxDistance, reach, FusedAttention.Margin);
}
