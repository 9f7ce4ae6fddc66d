using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LongT5.Kernels;

namespace LongT5.Machine;

/// <summary>
/// What this machine can do at most, measured: the roof that the figures of kernels and stages are held against.
/// </summary>
/// <param name="Processor">Its name and its vectors.</param>
/// <param name="Threads">Threads that were measured together.</param>
/// <param name="PeakOperations">Floating-point operations a second: multiply-adds between the
/// widest registers, two operations each.</param>
/// <param name="StreamBytes">Bytes a second: memory read from end to end, far more of it than any cache holds.</param>
sealed record MachineSpeed(string Processor, int Threads, double PeakOperations, double StreamBytes)
{
    private const int Tries = 8;
    private const long StreamedBytes = 1L << 30;
    private const int PartFloats = 1 << 18;

    /// <summary>Measures, in about a second; on a machine that does other things too the figures are too low.</summary>
    /// <param name="workers">The threads that compute.</param>
    public static MachineSpeed Measure(Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        using var memory = Fill(Math.Min(StreamedBytes, MachineMemory.Available / 4) / sizeof(float), workers);
        return new(Name(), workers.Count, Best(() => MultiplyAdd(workers, 1 << 21)), Best(() => Read(memory, workers)));
    }

    /// <summary>Measures the operations alone, in some milliseconds.</summary>
    public static double MeasurePeak(Workers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        return Best(() => MultiplyAdd(workers, 1 << 16));
    }

    /// <summary>
    /// Memory to <see cref="Read"/>: written, because pages that nobody wrote are all one and the same page of zeros.
    /// </summary>
    internal static NativeBuffer Fill(long floats, Workers workers)
    {
        var memory = new NativeBuffer(floats);
        workers.For(Parts(memory), part => memory.Span((long)part * PartFloats, PartFloats).Fill(0.5f));
        return memory;
    }

    /// <summary>Multiply-adds in registers, on each thread.</summary>
    /// <returns>Operations that were done.</returns>
    internal static double MultiplyAdd(Workers workers, int rounds)
    {
        workers.For(workers.Count, _ => Simd.Best.MultiplyAdds(rounds));
        return 2.0 * Simd.Chains * Simd.Best.Count * rounds * workers.Count;
    }

    /// <summary>Reads all of it, each thread a part of its own.</summary>
    /// <returns>Bytes that were read.</returns>
    internal static unsafe double Read(NativeBuffer memory, Workers workers)
    {
        workers.For(Parts(memory), part =>
        {
            var start = memory.Pointer + (long)part * PartFloats;
            Vectors.Dot(start, start, PartFloats);
        });
        return (double)Parts(memory) * PartFloats * sizeof(float);
    }

    private static int Parts(NativeBuffer memory) => (int)(memory.Length / PartFloats);

    private static double Best(Func<double> work)
    {
        var best = 0.0;
        for (var turn = 0; turn < Tries; turn++)
        {
            var clock = Stopwatch.StartNew();
            best = Math.Max(best, work() / clock.Elapsed.TotalSeconds);
        }
        return best;
    }

    private static string Name()
    {
        var named = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1]
                .Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        var vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : AdvSimd.IsSupported
            ? "NEON" : $"{Vector<float>.Count * 32} bits";
        return $"{named ?? "unknown processor"}, {Environment.ProcessorCount} processors, "
            + $"{vectors}{(AvxVnni.IsSupported ? ", AVX-VNNI" : "")}";
    }
}
