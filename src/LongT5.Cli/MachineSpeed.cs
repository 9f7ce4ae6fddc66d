using System.Diagnostics;
using System.Numerics.Tensors;

namespace LongT5.Cli;

/// <summary>How fast this machine computes, measured in a twentieth of a second; good for a rough word on how long things take.</summary>
static class MachineSpeed
{
    /// <summary>The encoder's products reach about this many times what dot products of vectors in the nearest cache reach.</summary>
    private const double ProductsOverDots = 1.5;

    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(50);

    /// <summary>Floating-point operations a second of all processors together.</summary>
    public static double OperationsPerSecond { get; } = Measure();

    private static double Measure()
    {
        var x = new float[1024];
        var y = new float[1024];
        var clock = Stopwatch.StartNew();
        var (rounds, sum) = (0L, 0f);
        while (clock.Elapsed < Length)
        {
            for (var i = 0; i < 100; i++)
                sum += TensorPrimitives.Dot<float>(x, y);
            rounds += 100;
        }
        GC.KeepAlive(sum);
        return ProductsOverDots * Environment.ProcessorCount * rounds * 2 * x.Length / clock.Elapsed.TotalSeconds;
    }
}
