using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Benchmarks;

/// <summary>The encoder's products at base size, 4,096 tokens.</summary>
public unsafe class ManyRowsBenchmark : IMeasured
{
    private const int Rows = 4096;
    private NativeBuffer? _x, _y, _w;
    private Matrix _matrix;

    [Params(768, 2048)]
    public int In { get; set; }

    [Params(768, 2048)]
    public int Out { get; set; }

    [Params(ElementType.F32, ElementType.BF16, ElementType.I8)]
    public ElementType Type { get; set; }

    public Work WorkOf(string method) => new(2.0 * Rows * In * Out, null);

    [GlobalSetup]
    public void SetUp()
    {
        (_x, _y) = (Operands.Floats((long)Rows * In), Operands.Floats((long)Rows * Out));
        (_matrix, _w) = Operands.Matrix(Type, Out, In);
    }

    [Benchmark]
    public void Multiply() => ManyRows.Multiply(_x!.Pointer, Rows, _matrix, _y!.Pointer, Workers.Shared);

    [GlobalCleanup]
    public void TearDown()
    {
        _x?.Dispose();
        _y?.Dispose();
        _w?.Dispose();
    }
}
