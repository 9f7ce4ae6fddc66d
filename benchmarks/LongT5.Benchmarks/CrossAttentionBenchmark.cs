using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Model.Layers;

namespace LongT5.Benchmarks;

/// <summary>
/// Cross attention of one decoder layer at base size: keys and values of every input token are read once for all rows.
/// </summary>
public unsafe class CrossAttentionBenchmark : IMeasured
{
    private const int Inner = 768;
    private Arena? _arena;
    private RandomNetwork? _network;
    private CrossAttention? _attention;
    private NativeBuffer? _queries;

    [Params(4096, 16384)]
    public int Tokens { get; set; }

    /// <summary>Beams, or tokens of a draft.</summary>
    [Params(1, 4, 16)]
    public int Rows { get; set; }

    [Params(ElementType.F32, ElementType.BF16)]
    public ElementType Type { get; set; }

    public Work WorkOf(string method) => new(4.0 * Rows * Tokens * Inner, 2.0 * Tokens * Inner * Type.Size());

    [GlobalSetup]
    public void SetUp()
    {
        (var arena, _network, _queries) = (new Arena(), new(EncoderAttention.Local, ElementType.F32),
            Operands.Floats((long)Rows * Inner));
        _arena = arena;
        var config = _network.Network.Config;
        using var input = new EncodedStates(Operands.Floats((long)Tokens * config.DModel), Tokens, config.DModel);
        var layers = new DecoderWeights(config, ModelHead.Embedding, _network.Weights).Cross;
        var memory = new CrossMemory(config, layers, Tokens, Type, arena, Workers.Shared);
        var room = arena.Take(memory.Room);
        for (var slice = 0; slice < memory.Slices; slice++)
            memory.Fill(slice, input.Pointer, room.Pointer);
        _attention = new(config, arena, Workers.Shared);
        var tree = new KeyValueTree(config.NumDecoderLayers, Inner, arena);
        var row = new DecoderRow(tree, tree.Add(-1, 0), 0, memory, null, null, null, null);
        _attention.Follow([.. Enumerable.Repeat(row, Rows)]);
    }

    /// <summary>Queries become contexts, so each call looks with what the last one found.</summary>
    [Benchmark]
    public void Apply() => _attention!.Apply(_queries!.Pointer, 0);

    [GlobalCleanup]
    public void TearDown()
    {
        _queries?.Dispose();
        _arena?.Dispose();
        _network?.Dispose();
    }
}
