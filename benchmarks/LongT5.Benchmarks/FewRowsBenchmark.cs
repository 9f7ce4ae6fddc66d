using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Benchmarks;

/// <summary>The decoder's largest product, the vocabulary, for one row, beams and drafts.</summary>
public unsafe class FewRowsBenchmark : IMeasured
{
    private const int In = 768;
    private const int Out = 32128;
    private NativeBuffer? _x, _y, _w;
    private Matrix _matrix;

    [Params(1, 4, 16, 64)]
    public int Rows { get; set; }

    [Params(ElementType.F32, ElementType.BF16, ElementType.F16, ElementType.I8)]
    public ElementType Type { get; set; }

    public Work WorkOf(string method) => new(2.0 * Rows * In * Out, (double)In * Out * Type.Size());

    [GlobalSetup]
    public void SetUp()
    {
        (_x, _y) = (Operands.Floats((long)Rows * In), Operands.Floats((long)Rows * Out));
        (_matrix, _w) = Operands.Matrix(Type, Out, In);
    }

    [Benchmark]
    public void Multiply() => FewRows.Multiply(_x!.Pointer, Rows, _matrix, _y!.Pointer, Workers.Shared);

    [GlobalCleanup]
    public void TearDown()
    {
        _x?.Dispose();
        _y?.Dispose();
        _w?.Dispose();
    }
}
