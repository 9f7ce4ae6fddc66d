using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Model.Mixers;

namespace LongT5.Benchmarks;

/// <summary>
/// Local + global attention of one encoder layer at base size, keys and values packed beforehand, all threads.
/// </summary>
public unsafe class FusedAttentionBenchmark : IMeasured
{
    private const int Heads = 12;
    private const int Width = 64;
    private const int Radius = 127;
    private const int BlockSize = 16;
    private readonly List<NativeBuffer> _memory = [];
    private QuerySet[] _queries = [];

    [Params(1024, 4096, 16384)]
    public int Tokens { get; set; }

    /// <summary>Local attention has no global keys.</summary>
    [Params(EncoderAttention.Local, EncoderAttention.TransientGlobal)]
    public EncoderAttention Attention { get; set; }

    // What queries see: both sides of the window, cut at the ends of the input, and every global key.
    public Work WorkOf(string method)
    {
        var seen = (2.0 * Radius + 1) * Tokens - Radius * (Radius + 1.0);
        if (Attention == EncoderAttention.TransientGlobal)
            seen += (double)Tokens * (Tokens / BlockSize);
        return new(4 * seen * Heads * Width, null);
    }

    [GlobalSetup]
    public void SetUp()
    {
        var tokens = Keys(new(Tokens, 1), Radius);
        var globals = new GlobalBlocks(Tokens, BlockSize);
        KeySet[] keys = Attention == EncoderAttention.TransientGlobal
            ? [tokens, Keys(globals, globals.Count - 1)] : [tokens];
        _queries = [new(Floats((long)Tokens * Heads * Width), Tokens, null, keys)];
    }

    /// <summary>
    /// Queries become what they see, so each call looks with what the last one left: bounded by the values.
    /// </summary>
    [Benchmark]
    public void Run()
    {
        for (var slice = 0; slice < FusedAttention.Slices(_queries, Heads); slice++)
            FusedAttention.Run(_queries, Heads, Width, Workers.Shared, slice);
    }

    [GlobalCleanup]
    public void TearDown() => _memory.ForEach(buffer => buffer.Dispose());

    private KeySet Keys(GlobalBlocks blocks, int reach)
    {
        var table = Floats(32L * Heads);
        var biases = RelativePosition.Both(table, Heads, 32, 128, reach, FusedAttention.Margin);
        _memory.Add(biases);
        return new()
        {
            Blocks = blocks,
            Panels = Floats(Heads * Tiles.PanelsLength(blocks.Count, Width)),
            Values = Floats(Heads * Tiles.ValuesLength(blocks.Count, Width)),
            Biases = biases.Pointer,
            Reach = reach,
        };
    }

    private float* Floats(long length)
    {
        var buffer = Operands.Floats(length);
        _memory.Add(buffer);
        return buffer.Pointer;
    }
}
