// Shapes: L tokens of an input, K keys, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Mixers;

/// <summary>
/// Keys and values that the tokens of one input may look at: the tokens themselves, or the sums of their blocks.
/// </summary>
sealed unsafe class KeySet
{
    /// <summary>What a key stands for: a block of tokens, or of a single one.</summary>
    public required GlobalBlocks Blocks { get; init; }

    /// <summary>[H, panels of K], packed by <see cref="Tiles.PackKeys"/>.</summary>
    public required float* Panels { get; init; }

    /// <summary>[H, panels of D], packed by <see cref="Tiles.PackValues"/>.</summary>
    public required float* Values { get; init; }

    /// <summary>
    /// [H, Margin + 2 Reach + 1 + Margin]: what a score gains by the distance from the query's block to the key's;
    /// negative infinity out of reach.
    /// </summary>
    public required float* Biases { get; init; }

    /// <summary>The greatest distance at which a key is seen.</summary>
    public required int Reach { get; init; }
}

/// <summary>The queries of one input and what they look at. Q: [L, I], and what they see takes its place.</summary>
/// <param name="q">[L, I].</param>
/// <param name="length">L.</param>
/// <param name="logSums">[L, H]: receives the logarithm of the sum of each query's weights; null if not wanted.</param>
/// <param name="keys">What they look at.</param>
sealed unsafe class QuerySet(float* q, int length, float* logSums, params KeySet[] keys)
{
    public float* Q => q;

    public float* LogSums => logSums;

    public int Length => length;

    public IReadOnlyList<KeySet> Keys => keys;
}

/// <summary>
/// Attention that never holds more than a tile of scores: softmax(q kᵀ + bias) v, online over chunks of keys.
/// </summary>
/// <remarks>
/// A tile is some queries of one head. Its keys are walked chunk by chunk; when a greater score turns up, what was
/// summed so far is scaled down to it (Milakov and Gimelshein, 2018). Tiles and chunks are counted from the start of
/// the input, so a token's result depends on its input alone.
/// </remarks>
readonly unsafe ref struct FusedAttention
{
    /// <summary>How far out of reach a score may be that is computed all the same.</summary>
    public const int Margin = 128; // the queries of a tile, and a panel at most

    // queries times keys of a slice, and tiles of a slice at least
    private const long SlicePairs = 1 << 24;
    private const int LeastTiles = 16;

    private const int TileQueries = 16 * Simd.TileRows;
    // fewer where keys are near: less of what they see together is out of one's reach
    private const int WindowQueries = 4 * Simd.TileRows;
    private const int ChunkKeys = 256; // whole panels; as many values as the first cache holds beside their weights
    // floats between rows, so that those of a power of two do not share the same places of a cache
    private const int Gap = 16;

    private readonly int _head;
    private readonly int _heads;
    private readonly int _width;
    private readonly int _stride;
    private readonly int _first;
    private readonly int _rows;
    private readonly float* _logSums;                                                 // [rows], rows at H; or null
    private readonly float* _context;                                                 // [rows, D], rows at I
    private readonly float* _q;                                                       // [rows, D], rows at D + Gap
    // [rows, ChunkKeys], rows at ChunkKeys + Gap
    private readonly float* _scores;
    private readonly float* _sums;                                                    // [rows, D]
    private readonly float* _max;                                                     // [rows]
    private readonly float* _total;                                                   // [rows]

    private FusedAttention(QuerySet input, int head, int first, int width, int stride, float* scratch)
    {
        (_head, _first, _width, _stride) = (head, first, width, stride);
        _rows = Math.Min(TileQueries, input.Length - first);
        _context = input.Q + (long)first * stride + head * width;
        _heads = stride / width;
        _logSums = input.LogSums is null ? null : input.LogSums + (long)first * _heads + head;
        _q = scratch;
        _scores = _q + (long)TileQueries * (width + Gap);
        _sums = _scores + TileQueries * (ChunkKeys + Gap);
        for (var row = 0; row < _rows; row++)
            new Span<float>(_context + (long)row * stride, width).CopyTo(new(_q + (long)row * (width + Gap), width));
        _max = _sums + (long)TileQueries * width;
        _total = _max + TileQueries;
        new Span<float>(_max, TileQueries).Fill(float.NegativeInfinity);
        new Span<float>(_total, TileQueries).Clear();
        new Span<float>(_sums, _rows * width).Clear();
    }

    /// <summary>Slices that the looks of all queries are cut into.</summary>
    public static int Slices(IReadOnlyList<QuerySet> inputs, int heads)
        => (Ends(inputs, heads)[^1] - 1) / SliceTiles(inputs) + 1;

    /// <summary>Lets the queries of a slice look; q becomes the context, in place.</summary>
    public static void Run(IReadOnlyList<QuerySet> inputs, int heads, int width, Workers workers, int slice)
    {
        var (ends, before) = (Ends(inputs, heads), slice * SliceTiles(inputs));
        workers.For(Math.Min(SliceTiles(inputs), ends[^1] - before), some =>
        {
            var (index, item) = (0, before + some);
            while (ends[index] <= item)
                index++;
            var input = inputs[index];
            var tile = item - (index == 0 ? 0 : ends[index - 1]);
            Tile(input, tile / TilesOf(input), tile % TilesOf(input), heads, width);
        });
    }

    /// <summary>Lets all queries of one head look, on the caller's thread alone.</summary>
    public static void Run(QuerySet input, int head, int heads, int width)
    {
        for (var tile = 0; tile < TilesOf(input); tile++)
            Tile(input, head, tile, heads, width);
    }

    private static void Tile(QuerySet input, int head, int number, int heads, int width)
    {
        using var scratch = Scratch.Rent(TileQueries * (ChunkKeys + 2L * (width + Gap) + 2));
        new FusedAttention(input, head, number * TileQueries, width, heads * width, scratch.Pointer).Run(input.Keys);
    }

    /// <summary>The tile after the last one of each input.</summary>
    private static int[] Ends(IReadOnlyList<QuerySet> inputs, int heads)
    {
        var ends = new int[inputs.Count];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = checked((i == 0 ? 0 : ends[i - 1]) + heads * TilesOf(inputs[i]));
        return ends;
    }

    /// <summary>Tiles of a slice: fewer, the more keys there are to look at.</summary>
    private static int SliceTiles(IReadOnlyList<QuerySet> inputs)
    {
        var seen = inputs.Max(input => input.Keys.Sum(keys => Math.Min(keys.Blocks.Count, 2L * keys.Reach + 1)));
        return (int)(SlicePairs / (TileQueries * seen)) + LeastTiles;
    }

    private static int TilesOf(QuerySet input) => (input.Length + TileQueries - 1) / TileQueries;

    private void Run(IReadOnlyList<KeySet> sets)
    {
        foreach (var keys in sets)
        {
            var step = keys.Reach < keys.Blocks.Count - 1 ? WindowQueries : TileQueries;
            for (var row = 0; row < _rows; row += step)
                Look(keys, row, Math.Min(step, _rows - row));
        }
        for (var row = 0; row < _rows; row++)
        {
            var sum = _sums + row * _width;
            if (_logSums is not null)
                _logSums[(long)row * _heads] = _max[row] + MathF.Log(_total[row]);
            Vectors.Scale(sum, 1 / _total[row], _width);
            new Span<float>(sum, _width).CopyTo(new(_context + (long)row * _stride, _width));
        }
    }

    private void Look(KeySet keys, int first, int rows)
    {
        var count = keys.Blocks.Count;
        var panels = keys.Panels + _head * Tiles.PanelsLength(count, _width);
        var values = keys.Values + _head * Tiles.ValuesLength(count, _width);
        var start = Math.Max(0, keys.Blocks.Of(_first + first) - keys.Reach) / Tiles.PanelKeys * Tiles.PanelKeys;
        var last = Math.Min(count - 1L, (long)keys.Blocks.Of(_first + first + rows - 1) + keys.Reach);
        var end = (int)Math.Min(count, (last / Tiles.PanelKeys + 1) * Tiles.PanelKeys);

        for (var chunk = start; chunk < end; chunk += ChunkKeys)
        {
            var size = Math.Min(ChunkKeys, end - chunk);
            Tiles.Scores(
                _q + (long)first * (_width + Gap), _width + Gap, rows, panels + (long)chunk * _width, size, _width,
                _scores, ChunkKeys + Gap);
            for (var row = 0; row < rows; row++)
                Weigh(keys, first + row, chunk, _scores + row * (ChunkKeys + Gap), size);
            Tiles.Mix(
                _scores, ChunkKeys + Gap, rows, values + (long)chunk * Tiles.PanelKeys, count, size, _width,
                _sums + (long)first * _width, _width);
        }
    }

    /// <summary>
    /// A row's scores become weights relative to the greatest score so far; what is out of reach weighs nothing.
    /// </summary>
    private void Weigh(KeySet keys, int row, int chunk, float* scores, int size)
    {
        var zero = Margin + keys.Reach; // the distance's place
        var biases = keys.Biases + _head * (2L * zero + 1) + zero + (chunk - keys.Blocks.Of(_first + row));
        var max = Simd.Best.AddThenMax(scores, biases, size);
        if (max == float.NegativeInfinity)
        {
            new Span<float>(scores, size).Clear();
            return;
        }
        if (max > _max[row])
        {
            var shrink = MathF.Exp(_max[row] - max);
            _total[row] *= shrink;
            Vectors.Scale(_sums + row * _width, shrink, _width);
            _max[row] = max;
        }
        _total[row] += Softmax.Exp(scores, size, _max[row]);
    }
}
