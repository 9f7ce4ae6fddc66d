using BenchmarkDotNet.Attributes;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Benchmarks;

/// <summary>What is done to one row, on one thread: a norm of the residual stream, a gate, a change of type.</summary>
public unsafe class RowsBenchmark : IMeasured
{
    private const int Width = 2048;
    private NativeBuffer? _x, _y, _weight;

    public Work WorkOf(string method) => new(null, method switch
    {
        nameof(ToBFloat16) or nameof(FromBFloat16) or nameof(FromHalf) => 6.0 * Width,
        _ => 3.0 * Width * sizeof(float),
    });

    [GlobalSetup]
    public void SetUp() => (_x, _y, _weight) = (Operands.Floats(Width), Operands.Floats(Width), Operands.Floats(Width));

    [Benchmark]
    public void Norm() => RmsNorm.Row(_x!.Pointer, _weight!.Pointer, 1e-6f, _y!.Pointer, Width);

    [Benchmark]
    public void GateGeluNew() => Activations.Gate(Activation.GeluNew, _y!.Pointer, _weight!.Pointer, Width);

    [Benchmark]
    public void ToBFloat16() => Halves.ToBFloat16(_x!.Pointer, (ushort*)_y!.Pointer, Width);

    [Benchmark]
    public void FromBFloat16() => Halves.FromBFloat16((ushort*)_x!.Pointer, _y!.Pointer, Width);

    [Benchmark]
    public void FromHalf() => Halves.FromHalf((ushort*)_x!.Pointer, _y!.Pointer, Width);

    [GlobalCleanup]
    public void TearDown()
    {
        _x?.Dispose();
        _y?.Dispose();
        _weight?.Dispose();
    }
}
