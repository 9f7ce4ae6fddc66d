using System.Runtime.InteropServices;
using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>
/// The decoded positions of a session: a tree whose nodes hold the keys and values of self-attention.
/// </summary>
/// <remarks>
/// A node's row lies in one of many slabs, so growth copies nothing; the rows of forgotten nodes are used again.
/// Ids are never used again.
/// </remarks>
/// <param name="layers">Layers of the decoder.</param>
/// <param name="width">I.</param>
/// <param name="arena">Holds the rows.</param>
sealed unsafe class KeyValueTree(int layers, int width, Arena arena)
{
    private const int SlabRows = 64;

    private readonly List<Node> _nodes = [];
    private readonly List<NativeBuffer> _slabs = [];                                  // each [layers, K|V, SlabRows, I]
    private readonly List<NativeBuffer> _queries = [];                                // each [layers, SlabRows, I]
    private readonly Stack<int> _freeRows = new();
    private readonly List<int> _live = [];
    private readonly HashSet<int> _kept = [];

    private readonly record struct Node(int Parent, int Input, int Depth, int Row);

    /// <summary>Whether nodes also hold what they asked cross attention; not to be changed once there are any.
    /// </summary>
    public bool KeepsQueries { get; set; }

    /// <summary>The id that the next node gets.</summary>
    public int Next => _nodes.Count;

    /// <summary>Floats from a key of one layer to its value.</summary>
    public static long ToValue(int width) => (long)SlabRows * width;

    /// <summary>Whether a node exists and was not forgotten.</summary>
    public bool Holds(int node) => node >= 0 && node < _nodes.Count && _nodes[node].Row >= 0;

    /// <summary>The input that a node's path reads.</summary>
    public int Input(int node) => _nodes[node].Input;

    /// <summary>The node before this one on its path; negative for a root.</summary>
    public int Parent(int node) => _nodes[node].Parent;

    /// <summary>Number of nodes before this one on its path.</summary>
    public int Depth(int node) => _nodes[node].Depth;

    /// <summary>Adds a node under a parent, or, if that is negative, the first of a path over an input.</summary>
    public int Add(int parent, int input)
    {
        if (_freeRows.Count == 0)
            Grow();
        _nodes.Add(parent < 0 ? new(parent, input, 0, _freeRows.Pop())
            : new(parent, _nodes[parent].Input, _nodes[parent].Depth + 1, _freeRows.Pop()));
        _live.Add(_nodes.Count - 1);
        return _nodes.Count - 1;
    }

    /// <summary>Takes back the newest nodes, as if they had never been added.</summary>
    public void RemoveFrom(int node)
    {
        while (_nodes.Count > node)
        {
            _freeRows.Push(_nodes[^1].Row);
            _nodes.RemoveAt(_nodes.Count - 1);
            _live.RemoveAt(_live.Count - 1);
        }
    }

    /// <summary>Forgets what is not on the path of one of these.</summary>
    public void Keep(ReadOnlySpan<int> nodes)
    {
        _kept.Clear();
        foreach (var leaf in nodes)
        {
            for (var node = leaf; node >= 0 && _kept.Add(node);)
                node = _nodes[node].Parent;
        }
        var live = CollectionsMarshal.AsSpan(_live);
        var count = 0;
        foreach (var node in live)
        {
            if (_kept.Contains(node))
            {
                live[count++] = node;
                continue;
            }
            _freeRows.Push(_nodes[node].Row);
            _nodes[node] = _nodes[node] with { Row = -1 };
        }
        CollectionsMarshal.SetCount(_live, count);
    }

    /// <summary>[I]: a node's key in a layer; its value lies <see cref="ToValue"/> farther on.</summary>
    public float* Key(int node, int layer) => First(_nodes[node].Row) + FromFirst(layer, width);

    /// <summary>[I]: what a node asked cross attention in a layer.</summary>
    public float* Query(int node, int layer)
    {
        var row = _nodes[node].Row;
        return _queries[row / SlabRows].Pointer + ((long)layer * SlabRows + row % SlabRows) * width;
    }

    /// <summary>Floats from a node's key in the first layer to its key in another.</summary>
    public static long FromFirst(int layer, int width) => 2L * layer * SlabRows * width;

    /// <summary>The first layer's keys of a node's path, from the first node to this one.</summary>
    /// <param name="node">The end of the path.</param>
    /// <param name="path">[Depth + 1].</param>
    public void Path(int node, float** path)
    {
        for (var i = Depth(node); i >= 0; i--)
        {
            path[i] = First(_nodes[node].Row);
            node = _nodes[node].Parent;
        }
    }

    private float* First(int row) => _slabs[row / SlabRows].Pointer + (long)(row % SlabRows) * width;

    private void Grow()
    {
        _slabs.Add(arena.Take(2L * layers * SlabRows * width));
        if (KeepsQueries)
            _queries.Add(arena.Take((long)layers * SlabRows * width));
        for (var row = SlabRows - 1; row >= 0; row--)
            _freeRows.Push((_slabs.Count - 1) * SlabRows + row);
    }
}
