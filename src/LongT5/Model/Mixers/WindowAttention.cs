// Shapes: T tokens of all inputs, N of a chunk, C model width, H heads, D head width, I = H D.

using LongT5.Kernels;
using LongT5.Model.Layers;

namespace LongT5.Model.Mixers;

/// <summary>
/// The weights of the encoder's attention: those of each layer, and the table of
/// biases that all of them share, or each its own.
/// </summary>
sealed unsafe class WindowWeights
{
    public WindowWeights(LongT5Config config, Weights weights)
    {
        Layers = [.. Enumerable.Range(0, config.NumLayers)
            .Select(i => new AttentionWeights(weights, $"encoder.block.{i}.layer.0", config.Attention.Module))];
        Tables = [.. Enumerable.Range(0, config.HasBiasInEveryLayer ? config.NumLayers : 1)
            .Select(i => (nint)weights.Vector($"{Module(config, i)}.relative_attention_bias.weight"))];
    }

    public AttentionWeights[] Layers { get; }

    /// <summary>Of a token's distance, each [buckets, H]: one for all layers, or one for each.</summary>
    public nint[] Tables { get; }

    /// <summary>The attention of a layer among the tensors.</summary>
    public static string Module(LongT5Config config, int layer)
        => $"encoder.block.{layer}.layer.0.{config.Attention.Module}";
}

/// <summary>
/// A token sees the tokens within a radius, and perhaps the global tokens of its input: one softmax over both.
/// </summary>
/// <remarks>Scores are not divided by sqrt(D): T5 folds that into its initialisation.</remarks>
sealed unsafe class WindowAttention : Sublayer
{
    private readonly LongT5Config _config;
    private readonly WindowWeights _weights;
    private readonly RaggedBatch _batch;
    private readonly GlobalTokens? _globals;
    private readonly FarTokens? _far;
    private readonly Workers _workers;
    private readonly NativeBuffer _normed;                                            // [N, C]
    private readonly NativeBuffer _keys;                                              // [N or G, I]
    private readonly NativeBuffer _values;                                            // [N or G, I]
    private readonly NativeBuffer _queries;                                           // [T, I]
    private readonly PackedKeys _tokens;
    private readonly QuerySet[] _looks;
    private readonly int _lookSlices;

    /// <param name="config">The shape of the model.</param>
    /// <param name="weights">Those of all layers.</param>
    /// <param name="batch">The inputs.</param>
    /// <param name="radius">The greatest distance at which a token is seen.</param>
    /// <param name="globals">What is seen beside the tokens; null for nothing.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    /// <param name="far">Makes what is seen beyond the radius, of the keys of all tokens; null for nothing.</param>
    public WindowAttention(
        LongT5Config config, WindowWeights weights, RaggedBatch batch, int radius, GlobalTokens? globals, Arena arena,
        Workers workers, Func<PackedKeys, FarTokens>? far = null)
    {
        (_config, _weights, _batch, _globals, _workers) = (config, weights, batch, globals, workers);
        var rows = (long)Math.Max(batch.LargestChunk, globals?.Count ?? 0);
        _normed = arena.Take((long)batch.LargestChunk * config.DModel);
        _keys = arena.Take(rows * config.InnerWidth);
        _values = arena.Take(rows * config.InnerWidth);
        _queries = arena.Take((long)batch.Rows * config.InnerWidth);
        var reach = Math.Min(radius, batch.Inputs.Max(input => input.Length) - 1);
        _tokens = new(config, [.. batch.Inputs.Select(input => new GlobalBlocks(input.Length, 1))],
            (float*)weights.Tables[0], reach, arena);
        _far = far?.Invoke(_tokens);
        _looks = [.. batch.Inputs.Select(input => new QuerySet(
            _queries.Pointer + (long)input.Row * config.InnerWidth, input.Length, _far is null
                ? null : _far.NearSums(input),
            globals?.Of(input) is { } seen ? [_tokens.Of(input), seen] : [_tokens.Of(input)]))];
        _lookSlices = _far?.Slices ?? FusedAttention.Slices(_looks, config.NumHeads);
    }

    // each chunk's keys, those of the global tokens, all queries by turns, each chunk's results
    public override int Slices(int rows) => KeySlices + _lookSlices + _batch.Chunks.Count;

    private int KeySlices => _batch.Chunks.Count + (_globals is null ? 0 : 1);

    public override void Add(int layer, int slice, float* from, float* to, int rows)
    {
        var (weights, chunks) = (_weights.Layers[layer], _batch.Chunks);
        if (slice == 0)
            Begin(layer);
        var look = slice - KeySlices;
        if (slice < chunks.Count)
            Project(from, chunks[slice], weights);
        else if (look < 0)
            _globals!.Project(layer, weights, _keys.Pointer, _values.Pointer);
        else if (look >= _lookSlices)
            Output(chunks[look - _lookSlices], weights, to);
        else if (_far is null)
            FusedAttention.Run(_looks, _config.NumHeads, _config.DKv, _workers, look);                       // [T, I]
        else
            _far.Look(layer, look, _looks);
    }

    private void Begin(int layer)
    {
        if (_weights.Tables.Length > 1)
            _tokens.SetBiases((float*)_weights.Tables[layer]);
        _globals?.Clear();
    }

    private void Output(RaggedBatch.Chunk chunk, AttentionWeights weights, float* to)
        => weights.Output.Apply(Place.Encoder, _queries.Pointer + (long)chunk.Row * _config.InnerWidth, chunk.Count,
            to + (long)chunk.Row * _config.DModel, _workers, add: true);                                     // [N, C]

    private void Project(float* x, RaggedBatch.Chunk chunk, AttentionWeights weights)
    {
        var (width, inner) = (_config.DModel, _config.InnerWidth);
        var h = _normed.Pointer;                                                                             // [N, C]
        RmsNorm.Rows(
            x + (long)chunk.Row * width, chunk.Count, weights.Norm, _config.LayerNormEpsilon, h, width, _workers);
        Target query = new(weights.Query, _queries.Pointer + (long)chunk.Row * inner);                       // [N, I]
        Target key = new(weights.Key, _keys.Pointer), value = new(weights.Value, _values.Pointer);           // [N, I]
        Linear.Apply(Place.Encoder, h, chunk.Count, [query, key, value], _workers);
        foreach (var piece in chunk.Pieces)
        {
            var first = (long)(piece.Input.Row + piece.First - chunk.Row);
            _tokens.Pack(piece.Input, _keys.Pointer + first * inner, _values.Pointer + first * inner, piece.First,
                piece.Count, _workers);
            _globals?.Add(piece, h + first * width);
        }
    }
}
