using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using LongT5.Kernels;

namespace LongT5.Benchmarks;

/// <summary>What this machine can do at most, on all its processors: the roof over all other figures.</summary>
public unsafe class MachineBenchmark : IMeasured
{
    private const int Rounds = 1 << 20;
    private const int StreamFloats = 1 << 26;
    private readonly Workers _workers = Workers.Shared;
    private NativeBuffer? _stream;

    public Work WorkOf(string method) => method switch
    {
        nameof(FmaPeak) => new(2.0 * 12 * Simd.Best.Count * Rounds * _workers.Count, null),
        _ => new(null, (double)StreamFloats * sizeof(float)),
    };

    [GlobalSetup]
    public void SetUp() => _stream = Operands.Floats(StreamFloats);

    /// <summary>Twelve chains of multiply-adds in registers, in the widest registers.</summary>
    [Benchmark]
    public void FmaPeak() => _workers.For(_workers.Count, _ =>
    {
        if (Lanes512.IsSupported)
            MultiplyAdds<Vector512<float>, Lanes512>();
        else if (Lanes256.IsSupported)
            MultiplyAdds<Vector256<float>, Lanes256>();
        else
            MultiplyAdds<Vector128<float>, Lanes128>();
    });

    /// <summary>Reads a quarter of a gigabyte.</summary>
    [Benchmark]
    public void Stream()
    {
        const int PartFloats = 1 << 18;
        var start = _stream!.Pointer;
        _workers.For(StreamFloats / PartFloats, part
            => Vectors.Dot(start + part * PartFloats, start + part * PartFloats, PartFloats));
    }

    [GlobalCleanup]
    public void TearDown() => _stream?.Dispose();

    private static float MultiplyAdds<V, S>()
        where V : struct
        where S : ILanes<V>
    {
        V m = S.Fill(0.999f), a = S.Fill(0.1f);
        V s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (var i = 0; i < Rounds; i++)
        {
            (s0, s1, s2) = (S.MultiplyAdd(s0, m, a), S.MultiplyAdd(s1, m, a), S.MultiplyAdd(s2, m, a));
            (s3, s4, s5) = (S.MultiplyAdd(s3, m, a), S.MultiplyAdd(s4, m, a), S.MultiplyAdd(s5, m, a));
            (s6, s7, s8) = (S.MultiplyAdd(s6, m, a), S.MultiplyAdd(s7, m, a), S.MultiplyAdd(s8, m, a));
            (s9, s10, s11) = (S.MultiplyAdd(s9, m, a), S.MultiplyAdd(s10, m, a), S.MultiplyAdd(s11, m, a));
        }
        V low = S.Add(S.Add(s0, s1), S.Add(s2, s3)), middle = S.Add(S.Add(s4, s5), S.Add(s6, s7));
        return S.Sum(S.Add(S.Add(low, middle), S.Add(S.Add(s8, s9), S.Add(s10, s11))));
    }
}
