using BenchmarkDotNet.Attributes;
using LongT5.Kernels;
using LongT5.Machine;

namespace LongT5.Benchmarks;

/// <summary>What this machine can do at most, on all its processors: the roof over all other figures.</summary>
public class MachineBenchmark : IMeasured
{
    private const int Rounds = 1 << 20;
    private const int StreamFloats = 1 << 28;
    private readonly Workers _workers = Workers.Shared;
    private NativeBuffer? _stream;

    public Work WorkOf(string method) => method switch
    {
        nameof(FmaPeak) => new(2.0 * Simd.Chains * Simd.Best.Count * Rounds * _workers.Count, null),
        _ => new(null, (double)StreamFloats * sizeof(float)),
    };

    [GlobalSetup]
    public void SetUp() => _stream = MachineSpeed.Fill(StreamFloats, _workers);

    /// <summary>Multiply-adds in the widest registers.</summary>
    [Benchmark]
    public double FmaPeak() => MachineSpeed.MultiplyAdd(_workers, Rounds);

    /// <summary>Reads a gigabyte.</summary>
    [Benchmark]
    public double Stream() => MachineSpeed.Read(_stream!, _workers);

    [GlobalCleanup]
    public void TearDown() => _stream?.Dispose();
}
