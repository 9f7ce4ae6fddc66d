// Shapes: L tokens of an input, K keys, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>
/// Keys and values that the tokens of one input may look at: the tokens themselves, or the sums of their blocks.
/// </summary>
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
readonly unsafe ref struct FusedAttention
{
    private const int TileQueries = 8 * Simd.TileRows;
    private const int ChunkKeys = 16 * Tiles.PanelKeys;

    private readonly int _head;
    private readonly int _width;
    private readonly int _stride;
    private readonly int _first;
    private readonly int _rows;
    private readonly float* _q;                                                       // [rows, D], rows at I
    private readonly float* _scores;                                                  // [rows, ChunkKeys]
    private readonly float* _sums;                                                    // [rows, D]
    private readonly float* _max;                                                     // [rows]
    private readonly float* _total;                                                   // [rows]

    private FusedAttention(QuerySet input, int head, int first, int width, int stride, float* scratch)
    {
        (_head, _first, _width, _stride) = (head, first, width, stride);
        _rows = Math.Min(TileQueries, input.Length - first);
        _q = input.Q + (long)first * stride + head * width;
        _scores = scratch;
        _sums = _scores + TileQueries * ChunkKeys;
        _max = _sums + (long)TileQueries * width;
        _total = _max + TileQueries;
        new Span<float>(_max, TileQueries).Fill(float.NegativeInfinity);
        new Span<float>(_total, TileQueries).Clear();
        new Span<float>(_sums, _rows * width).Clear();
    }

    /// <summary>Lets every query look; q becomes the context, in place.</summary>
    public static void Run(IReadOnlyList<QuerySet> inputs, int heads, int width, Workers workers)
    {
        var ends = new int[inputs.Count];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = checked((i == 0 ? 0 : ends[i - 1]) + heads * TilesOf(inputs[i]));

        workers.For(ends[^1], item =>
        {
            var index = 0;
            while (ends[index] <= item)
                index++;
            var input = inputs[index];
            var tile = item - (index == 0 ? 0 : ends[index - 1]);
            var (head, first) = (tile / TilesOf(input), tile % TilesOf(input) * TileQueries);
            using var scratch = Scratch.Rent(TileQueries * (ChunkKeys + width + 2L));
            new FusedAttention(input, head, first, width, heads * width, scratch.Pointer).Run(input.Keys);
        });
    }

    private static int TilesOf(QuerySet input) => (input.Length + TileQueries - 1) / TileQueries;

    private void Run(IReadOnlyList<KeySet> sets)
    {
        foreach (var keys in sets)
            Look(keys);
        for (var row = 0; row < _rows; row++)
        {
            var sum = _sums + row * _width;
            Vectors.Scale(sum, 1 / _total[row], _width);
            new Span<float>(sum, _width).CopyTo(new(_q + (long)row * _stride, _width));
        }
    }

    private void Look(KeySet keys)
    {
        var count = keys.Blocks.Count;
        var panels = keys.Panels + _head * Tiles.PanelsLength(count, _width);
        var values = keys.Values + _head * _width;
        var start = Math.Max(0, keys.Blocks.Of(_first) - keys.Reach) / Tiles.PanelKeys * Tiles.PanelKeys;
        var last = Math.Min(count - 1L, (long)keys.Blocks.Of(_first + _rows - 1) + keys.Reach);
        var end = (int)Math.Min(count, (last / Tiles.PanelKeys + 1) * Tiles.PanelKeys);

        for (var chunk = start; chunk < end; chunk += ChunkKeys)
        {
            var size = Math.Min(ChunkKeys, end - chunk);
            Tiles.Scores(_q, _stride, _rows, panels + (long)chunk * _width, size, _width, _scores, ChunkKeys);
            for (var row = 0; row < _rows; row++)
                Weigh(keys, row, chunk, size);
            Tiles.Mix(_scores, ChunkKeys, _rows, values + (long)chunk * _stride, _stride, size, _width, _sums, _width);
        }
    }

    /// <summary>
    /// One row of scores becomes weights relative to the greatest score so far; what is out of reach weighs nothing.
    /// </summary>
    private void Weigh(KeySet keys, int row, int chunk, int size)
    {
        var scores = _scores + row * ChunkKeys;
        var position = keys.Blocks.Of(_first + row);
        var from = (int)Math.Clamp((long)position - keys.Reach - chunk, 0, size);
        var to = (int)Math.Clamp((long)position + keys.Reach + 1 - chunk, from, size);
        new Span<float>(scores, from).Clear();
        new Span<float>(scores + to, size - to).Clear();
        if (from == to)
            return;

        var biases = keys.Biases + _head * (2L * keys.Reach + 1) + keys.Reach + (chunk + from - position);
        Vectors.Add(scores + from, biases, to - from);
        var max = Vectors.Max(scores + from, to - from);
        if (max > _max[row])
        {
            var shrink = MathF.Exp(_max[row] - max);
            _total[row] *= shrink;
            Vectors.Scale(_sums + row * _width, shrink, _width);
            _max[row] = max;
        }
        _total[row] += Softmax.Exp(scores + from, to - from, _max[row]);
    }
}
