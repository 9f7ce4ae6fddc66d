// Shapes: L tokens of an input, K keys, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>Keys and values that the tokens of one input may look at: the tokens themselves, or the sums of their blocks.</summary>
sealed unsafe class KeySet
{
    /// <summary>What a key stands for: a block of tokens, or of a single one.</summary>
    public required GlobalBlocks Blocks { get; init; }

    /// <summary>[H, panels of K], packed by <see cref="Tiles.PackKeys"/>.</summary>
    public required float* Panels { get; init; }

    /// <summary>[K, I].</summary>
    public required float* Values { get; init; }

    /// <summary>[H, 2 Reach + 1]: what a score gains by the distance from the query's block to the key's.</summary>
    public required float* Biases { get; init; }

    /// <summary>The greatest distance at which a key is seen.</summary>
    public required int Reach { get; init; }
}

/// <summary>The queries of one input and what they look at. Q: [L, I], and what they see takes its place.</summary>
sealed unsafe class QuerySet(float* q, int length, params KeySet[] keys)
{
    public float* Q => q;

    public int Length => length;

    public IReadOnlyList<KeySet> Keys => keys;
}

/// <summary>Attention that never holds more than a tile of scores: softmax(q kᵀ + bias) v, online over chunks of keys.</summary>
/// <remarks>
/// A tile is some queries of one head. Its keys are walked chunk by chunk; when a greater score turns up, what was
/// summed so far is scaled down to it (Milakov and Gimelshein, 2018). Tiles and chunks are counted from the start of
/// the input, so a token's result depends on its input alone.
/// </remarks>
sealed unsafe class FusedAttention : IDisposable
{
    private const int TileQueries = 32;
    private const int ChunkKeys = 16 * Tiles.PanelKeys;

    private readonly int _headWidth;
    private readonly int _stride;
    private readonly NativeBuffer _scores;
    private readonly NativeBuffer _sums;
    private readonly float[] _max = new float[TileQueries];
    private readonly float[] _total = new float[TileQueries];

    private FusedAttention(int heads, int headWidth)
    {
        (_headWidth, _stride) = (headWidth, heads * headWidth);
        _scores = new(TileQueries * ChunkKeys);
        _sums = new((long)TileQueries * headWidth);
    }

    /// <summary>Lets every query look; q becomes the context, in place.</summary>
    public static void Run(IReadOnlyList<QuerySet> inputs, int heads, int headWidth, Workers workers)
    {
        var tiles = inputs.Sum(input => (long)heads * TilesOf(input));
        workers.For(workers.Count, worker =>
        {
            using var attention = new FusedAttention(heads, headWidth);
            var (first, end) = (tiles * worker / workers.Count, tiles * (worker + 1) / workers.Count);
            foreach (var input in inputs)
            {
                var count = heads * (long)TilesOf(input);
                for (var tile = Math.Max(first, 0); tile < Math.Min(end, count); tile++)
                    attention.Tile(input, (int)(tile / TilesOf(input)), (int)(tile % TilesOf(input)) * TileQueries);
                (first, end) = (first - count, end - count);
            }
        });
    }

    public void Dispose()
    {
        _scores.Dispose();
        _sums.Dispose();
    }

    private static int TilesOf(QuerySet input) => (input.Length + TileQueries - 1) / TileQueries;

    private void Tile(QuerySet input, int head, int first)
    {
        var rows = Math.Min(TileQueries, input.Length - first);
        var q = input.Q + (long)first * _stride + head * _headWidth;                  // [rows, D]
        Array.Fill(_max, float.NegativeInfinity);
        Array.Clear(_total);
        _sums.Span(0, rows * _headWidth).Clear();

        foreach (var keys in input.Keys)
            Look(keys, q, head, first, rows);

        for (var row = 0; row < rows; row++)
        {
            var sum = _sums.Pointer + row * _headWidth;
            Vectors.Scale(sum, 1 / _total[row], _headWidth);
            new Span<float>(sum, _headWidth).CopyTo(new(q + (long)row * _stride, _headWidth));
        }
    }

    private void Look(KeySet keys, float* q, int head, int first, int rows)
    {
        var count = keys.Blocks.Count;
        var panels = keys.Panels + head * Tiles.PanelsLength(count, _headWidth);
        var values = keys.Values + head * _headWidth;
        var end = Math.Min(count, keys.Blocks.Of(first + rows - 1) + keys.Reach + 1L);
        var start = Math.Max(0, keys.Blocks.Of(first) - keys.Reach) / Tiles.PanelKeys * Tiles.PanelKeys;

        for (var chunk = start; chunk < end; chunk += ChunkKeys)
        {
            var size = (int)Math.Min(ChunkKeys, end - chunk);
            Tiles.Scores(q, _stride, rows, panels + (long)chunk * _headWidth, size, _headWidth, _scores.Pointer, ChunkKeys);
            for (var row = 0; row < rows; row++)
                Weigh(keys, head, first + row, row, chunk, size);
            Tiles.Mix(_scores.Pointer, ChunkKeys, rows, values + (long)chunk * _stride, _stride, size, _headWidth,
                _sums.Pointer, _headWidth);
        }
    }

    /// <summary>One row of scores becomes weights relative to the greatest score so far; what is out of reach weighs nothing.</summary>
    private void Weigh(KeySet keys, int head, int token, int row, int chunk, int size)
    {
        var scores = new Span<float>(_scores.Pointer + row * ChunkKeys, size);
        var position = keys.Blocks.Of(token);
        var from = (int)Math.Clamp((long)position - keys.Reach - chunk, 0, size);
        var to = (int)Math.Clamp((long)position + keys.Reach + 1 - chunk, from, size);
        scores[..from].Clear();
        scores[to..].Clear();
        if (from == to)
            return;

        var seen = _scores.Pointer + row * ChunkKeys + from;
        var biases = keys.Biases + head * (2L * keys.Reach + 1) + keys.Reach + (chunk + from - position);
        Vectors.Add(seen, biases, to - from);
        var max = Vectors.Max(seen, to - from);
        if (max > _max[row])
        {
            var shrink = MathF.Exp(_max[row] - max);
            _total[row] *= shrink;
            Vectors.Scale(_sums.Pointer + row * _headWidth, shrink, _headWidth);
            _max[row] = max;
        }
        _total[row] += Softmax.Exp(seen, to - from, _max[row]);
    }
}
