using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Model.Layers;

namespace LongT5.Benchmarks;

/// <summary>
/// Self-attention of one decoder layer at base size: rows that fork from one past, as beams do, each over its own path.
/// </summary>
public unsafe class PathAttentionBenchmark : IMeasured
{
    private const int Inner = 768;
    private Arena? _arena;
    private RandomNetwork? _network;
    private KeyValueTree? _tree;
    private PathAttention? _attention;
    private NativeBuffer? _queries;
    private DecoderRow[] _leaves = [];

    /// <summary>Tokens before the rows.</summary>
    [Params(64, 512)]
    public int Past { get; set; }

    [Params(1, 4, 16)]
    public int Rows { get; set; }

    public Work WorkOf(string method) => method == nameof(Follow)
        ? new(null, null)
        : new(4.0 * Rows * (Past + 1) * Inner, 2.0 * (Past + Rows) * Inner * sizeof(float));

    [GlobalSetup]
    public void SetUp()
    {
        (var arena, _network, _queries) = (new Arena(), new(EncoderAttention.Local, ElementType.F32),
            Operands.Floats((long)Rows * Inner));
        _arena = arena;
        var config = _network.Network.Config;
        var tree = new KeyValueTree(config.NumDecoderLayers, Inner, arena);
        (_tree, _attention) =
            (tree, new(config, new DecoderWeights(config, ModelHead.Embedding, _network.Weights).Tables, Rows, arena,
                Workers.Shared));
        var past = -1;
        for (var i = 0; i < Past; i++)
            past = Add(past);
        _leaves = [.. Enumerable.Range(0, Rows)
            .Select(_ => new DecoderRow(tree, Add(past), 0, null!, null, null, null, null))];
    }

    /// <summary>Finding the paths, which all layers share.</summary>
    [Benchmark]
    public void Follow() => _attention!.Follow(_leaves);

    /// <summary>
    /// Finding and looking; queries become contexts, so each call looks with what the last one found.
    /// </summary>
    [Benchmark]
    public void FollowAndApply()
    {
        _attention!.Follow(_leaves);
        _attention.Apply(_queries!.Pointer, 0);
    }

    [GlobalCleanup]
    public void TearDown()
    {
        _queries?.Dispose();
        _arena?.Dispose();
        _network?.Dispose();
    }

    private int Add(int parent)
    {
        var node = _tree!.Add(parent, 0);
        new Span<float>(_tree.Key(node, 0), Inner).Fill(0.5f);
        new Span<float>(_tree.Key(node, 0) + KeyValueTree.ToValue(Inner), Inner).Fill(0.5f);
        return node;
    }
}
