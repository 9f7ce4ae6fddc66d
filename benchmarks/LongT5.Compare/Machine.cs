using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LongT5.Compare;

/// <summary>What the machine can do at most, measured: the figures that a kernel's are held against.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="PeakGflops">Fused multiply-adds in registers, on all threads.</param>
/// <param name="StreamGBs">Bytes read in order from memory, on all threads.</param>
sealed record Machine(string Processor, double PeakGflops, double StreamGBs)
{
    public static Machine Measure(int threads)
    {
        var peak = Enumerable.Range(0, 5).Max(_ => Together(threads, Multiply) / 1e9);
        var data = new float[64 << 20];
        var stream = Enumerable.Range(0, 5).Max(_ => Together(threads, worker => Read(data, worker, threads)) / 1e9);
        return new Machine(Name(), peak, stream);
    }

    /// <summary>What all threads get done in a second.</summary>
    private static double Together(int threads, Func<int, double> work)
    {
        var done = new double[threads];
        var clock = Stopwatch.StartNew();
        var others = Enumerable.Range(1, threads - 1).Select(worker => new Thread(() => done[worker] = work(worker))).ToList();
        others.ForEach(thread => thread.Start());
        done[0] = work(0);
        others.ForEach(thread => thread.Join());
        return done.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static double Multiply(int worker)
    {
        const int Rounds = 10_000_000;
        if (Avx512F.IsSupported)
        {
            var (a, b) = (Vector512.Create(0.999f), Vector512.Create(1e-3f));
            var (c, d, e, f, g, h, i, j, k, l) = (a, a, a, a, a, a, a, a, a, a);
            for (var round = 0; round < Rounds; round++)
            {
                c = Avx512F.FusedMultiplyAdd(c, a, b); d = Avx512F.FusedMultiplyAdd(d, a, b); e = Avx512F.FusedMultiplyAdd(e, a, b);
                f = Avx512F.FusedMultiplyAdd(f, a, b); g = Avx512F.FusedMultiplyAdd(g, a, b); h = Avx512F.FusedMultiplyAdd(h, a, b);
                i = Avx512F.FusedMultiplyAdd(i, a, b); j = Avx512F.FusedMultiplyAdd(j, a, b); k = Avx512F.FusedMultiplyAdd(k, a, b);
                l = Avx512F.FusedMultiplyAdd(l, a, b);
            }
            return Vector512.Sum(c + d + e + f + g + h + i + j + k + l) > 0 ? 10.0 * 2 * 16 * Rounds : 0;
        }
        else
        {
            var (a, b) = (Vector256.Create(0.999f), Vector256.Create(1e-3f));
            var (c, d, e, f, g, h, i, j, k, l) = (a, a, a, a, a, a, a, a, a, a);
            for (var round = 0; round < Rounds; round++)
            {
                c = Vector256.FusedMultiplyAdd(c, a, b); d = Vector256.FusedMultiplyAdd(d, a, b); e = Vector256.FusedMultiplyAdd(e, a, b);
                f = Vector256.FusedMultiplyAdd(f, a, b); g = Vector256.FusedMultiplyAdd(g, a, b); h = Vector256.FusedMultiplyAdd(h, a, b);
                i = Vector256.FusedMultiplyAdd(i, a, b); j = Vector256.FusedMultiplyAdd(j, a, b); k = Vector256.FusedMultiplyAdd(k, a, b);
                l = Vector256.FusedMultiplyAdd(l, a, b);
            }
            return Vector256.Sum(c + d + e + f + g + h + i + j + k + l) > 0 ? 10.0 * 2 * 8 * Rounds : 0;
        }
    }

    private static double Read(float[] data, int worker, int threads)
    {
        var part = data.AsSpan(data.Length / threads * worker, data.Length / threads);
        return double.IsNaN(System.Numerics.Tensors.TensorPrimitives.Sum<float>(part)) ? 0 : part.Length * 4.0;
    }

    private static string Name()
    {
        var model = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        var vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "no AVX2";
        return $"{model?.Split(':')[1].Trim() ?? "unknown processor"}, {Environment.ProcessorCount} threads, {vectors}";
    }
}
