using BenchmarkDotNet.Attributes;
using LongT5.Kernels;

namespace LongT5.Benchmarks;

/// <summary>
/// The parts of encoder attention on one thread: queries of a head at base
/// size against 384 local and 1,024 global keys.
/// </summary>
public unsafe class AttentionTilesBenchmark : IMeasured
{
    private const int Queries = 30;
    private const int Keys = 384 + 1024;
    private const int Width = 64;
    private const int Stride = 768;
    private NativeBuffer? _q, _k, _v, _panels, _values, _scores, _y;

    public Work WorkOf(string method) => method switch
    {
        nameof(Scores) or nameof(Mix) => new(2.0 * Queries * Keys * Width, null),
        nameof(PackKeys) or nameof(PackValues) => new(null, 2.0 * Keys * Width * sizeof(float)),
        _ => new(null, 2.0 * Queries * Keys * sizeof(float)),
    };

    [GlobalSetup]
    public void SetUp()
    {
        (_q, _k, _v) = (Operands.Floats(Queries * Stride), Operands.Floats(Keys * Stride),
            Operands.Floats(Keys * Stride));
        (_panels, _scores) = (Operands.Floats(Tiles.PanelsLength(Keys, Width)), Operands.Floats(Queries * Keys));
        (_values, _y) = (Operands.Floats(Tiles.ValuesLength(Keys, Width)), Operands.Floats(Queries * Width));
    }

    [Benchmark]
    public void PackKeys() => Tiles.PackKeys(_k!.Pointer, Stride, Keys, Width, _panels!.Pointer);

    [Benchmark]
    public void PackValues() => Tiles.PackValues(_v!.Pointer, Stride, Keys, Width, _values!.Pointer, Keys);

    [Benchmark]
    public void Scores(
        ) => Tiles.Scores(_q!.Pointer, Stride, Queries, _panels!.Pointer, Keys, Width, _scores!.Pointer, Keys);

    [Benchmark]
    public float Exp() => Softmax.Exp(_scores!.Pointer, Queries * Keys, 1);

    [Benchmark]
    public void Mix(
        ) => Tiles.Mix(_scores!.Pointer, Keys, Queries, _values!.Pointer, Keys, Keys, Width, _y!.Pointer, Width);

    [GlobalCleanup]
    public void TearDown()
    {
        foreach (var buffer in new[] { _q, _k, _v, _panels, _values, _scores, _y })
            buffer?.Dispose();
    }
}
