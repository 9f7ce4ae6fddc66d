// Shapes: R rows, t tokens before a row on its path, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's self-attention: each row looks at the nodes of its own path, itself included.</summary>
/// <remarks>
/// Keys are walked in the order of the path, so the result is that of the path alone, wherever its nodes lie.
/// </remarks>
sealed unsafe class PathAttention
{
    private readonly LongT5Config _config;
    private readonly Workers _workers;
    /// <summary>
    /// So many distances have their bias at hand: more than any model tells
    /// apart, and little memory, whatever a file says.
    /// </summary>
    private const int LongestNear = 16_384;

    private readonly nint[] _tables;                                                  // each [buckets, H]
    private readonly NativeBuffer _biases;                                            // [tables, H, _near]
    private readonly int _near;
    private readonly int[] _depths;
    private readonly long[] _starts;
    private readonly Action<int> _look;
    // first layer's keys of all rows' paths
    private nint[] _paths = [];
    private readonly Arena _arena;
    private NativeBuffer _scores;                                                     // [R, H, longest path]
    private int _rows;
    private int _longest;
    private int _layer;
    private float* _q;

    /// <param name="config">The shape of the model.</param>
    /// <param name="tables">What a score gains by how long ago a token was decoded, each [buckets, H]:
    /// one for all layers, or one for each.</param>
    /// <param name="mostRows">R at most.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    public PathAttention(LongT5Config config, nint[] tables, int mostRows, Arena arena, Workers workers)
    {
        (_config, _tables, _arena, _workers) = (config, tables, arena, workers);
        _near = Math.Min(config.RelativeAttentionMaxDistance, LongestNear) + 1;
        var size = (long)config.NumHeads * _near;
        _biases = arena.Take(tables.Length * size);
        for (var i = 0; i < tables.Length; i++)
        {
            RelativePosition.Past((float*)tables[i], config.NumHeads, config.RelativeAttentionNumBuckets,
                config.RelativeAttentionMaxDistance,
                _near, _biases.Pointer + i * size);
        }
        _scores = arena.Take(0);
        _depths = new int[mostRows];
        _starts = new long[mostRows];
        _look = Look;
    }

    /// <summary>Finds the paths of the rows that all layers now attend from.</summary>
    public void Follow(ReadOnlySpan<DecoderRow> rows)
    {
        var total = 0L;
        (_rows, _longest) = (rows.Length, 0);
        for (var row = 0; row < rows.Length; row++)
        {
            (_depths[row], _starts[row]) = (rows[row].Tree.Depth(rows[row].Node), total);
            total += _depths[row] + 1;
            _longest = Math.Max(_longest, _depths[row] + 1);
        }
        if (_paths.Length < total)
            _paths = new nint[checked((int)Math.Max(total, 2L * _paths.Length))];
        fixed (nint* paths = _paths)
        {
            for (var row = 0; row < rows.Length; row++)
                rows[row].Tree.Path(rows[row].Node, (float**)paths + _starts[row]);
        }
        if (_scores.Length < (long)_rows * _config.NumHeads * _longest)
            _arena.Grow(ref _scores, 2L * _rows * _config.NumHeads * _longest);
    }

    /// <summary>Lets every row look in one layer; q [R, I] becomes the context, in place.</summary>
    public void Apply(float* q, int layer)
    {
        _q = q;
        _layer = layer;
        _workers.For(_rows * _config.NumHeads, _look);
    }

    private void Look(int item)
    {
        var (row, head, width) = (item / _config.NumHeads, item % _config.NumHeads, _config.DKv);
        var depth = _depths[row];
        var scores = _scores.Pointer + (long)item * _longest;
        var q = _q + (long)row * _config.InnerWidth + head * width;
        var table = Math.Min(_layer, _tables.Length - 1);
        var biases = _biases.Pointer + ((long)table * _config.NumHeads + head) * _near;                      // [_near]
        var toKey = (nint)KeyValueTree.FromFirst(_layer, _config.InnerWidth) + head * width;
        var toValue = toKey + (nint)KeyValueTree.ToValue(_config.InnerWidth);
        fixed (nint* path = &_paths[_starts[row]])
        {
            Simd.Best.DotEach(q, path, toKey, depth + 1, width, scores);
            for (var i = 0; i <= depth; i++)
            {
                var ago = Math.Min(depth - i, _config.RelativeAttentionMaxDistance);
                scores[i] += ago < _near ? biases[ago] : Far(ago, (float*)_tables[table], head);
            }
            Softmax.Row(scores, depth + 1);
            new Span<float>(q, width).Clear();
            Simd.Best.MixEach(scores, path, toValue, depth + 1, width, q);
        }
    }

    /// <summary>The bias of a token that was decoded longer ago than the table at hand reaches.</summary>
    private float Far(int ago, float* table, int head)
        => table[(long)RelativePosition.Bucket(-ago, _config.RelativeAttentionNumBuckets,
            _config.RelativeAttentionMaxDistance, causal: true)
            * _config.NumHeads + head];
}
