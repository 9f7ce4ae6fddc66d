// Shapes: R rows, t tokens before a row on its path, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's self-attention: each row looks at the nodes of its own path, itself included.</summary>
/// <remarks>Keys are walked in the order of the path, so the result is that of the path alone, wherever its nodes lie.</remarks>
sealed unsafe class PathAttention
{
    private readonly LongT5Config _config;
    private readonly KeyValueTree _tree;
    private readonly Workers _workers;
    private readonly NativeBuffer _biases;                                            // [H, maxDistance + 1]
    private readonly int[] _depths;
    private readonly long[] _starts;
    private readonly Action<int> _look;
    private nint[] _paths = [];                                                       // first layer's keys of all rows' paths
    private readonly Arena _arena;
    private NativeBuffer _scores;                                                     // [R, H, longest path]
    private int _rows;
    private int _longest;
    private int _layer;
    private float* _q;

    /// <param name="config">The shape of the model.</param>
    /// <param name="table">[buckets, H]: what a score gains by how long ago a token was decoded.</param>
    /// <param name="tree">Where keys and values are.</param>
    /// <param name="mostRows">R at most.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    public PathAttention(LongT5Config config, float* table, KeyValueTree tree, int mostRows, Arena arena, Workers workers)
    {
        (_config, _tree, _arena, _workers) = (config, tree, arena, workers);
        _biases = arena.Own(RelativePosition.Past(
            table, config.NumHeads, config.RelativeAttentionNumBuckets, config.RelativeAttentionMaxDistance));
        _scores = arena.Take(0);
        _depths = new int[mostRows];
        _starts = new long[mostRows];
        _look = Look;
    }

    /// <summary>Finds the paths of the rows that all layers now attend from.</summary>
    public void Follow(ReadOnlySpan<int> nodes)
    {
        var total = 0L;
        (_rows, _longest) = (nodes.Length, 0);
        for (var row = 0; row < nodes.Length; row++)
        {
            (_depths[row], _starts[row]) = (_tree.Depth(nodes[row]), total);
            total += _depths[row] + 1;
            _longest = Math.Max(_longest, _depths[row] + 1);
        }
        if (_paths.Length < total)
            _paths = new nint[checked((int)Math.Max(total, 2L * _paths.Length))];
        fixed (nint* paths = _paths)
        {
            for (var row = 0; row < nodes.Length; row++)
                _tree.Path(nodes[row], (float**)paths + _starts[row]);
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
        var biases = _biases.Pointer + head * (_config.RelativeAttentionMaxDistance + 1L);
        var toKey = (nint)_tree.FromFirst(_layer) + head * width;
        var toValue = toKey + (nint)KeyValueTree.ToValue(_config.InnerWidth);
        fixed (nint* path = &_paths[_starts[row]])
        {
            Simd.Best.DotEach(q, path, toKey, depth + 1, width, scores);
            for (var i = 0; i <= depth; i++)
                scores[i] += biases[Math.Min(depth - i, _config.RelativeAttentionMaxDistance)];
            Softmax.Row(scores, depth + 1);
            new Span<float>(q, width).Clear();
            Simd.Best.MixEach(scores, path, toValue, depth + 1, width, q);
        }
    }
}
