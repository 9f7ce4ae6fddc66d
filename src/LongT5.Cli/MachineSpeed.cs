using System.Runtime.Intrinsics.X86;

namespace LongT5.Cli;

/// <summary>About how fast this machine reads, for a rough word on how long things take; the first layers then tell better.</summary>
static class MachineSpeed
{
    /// <summary>Floating-point operations a second of all processors: what the encoder reaches on common servers, by its vectors.</summary>
    public static double OperationsPerSecond { get; } =
        Environment.ProcessorCount * (Avx512F.IsSupported ? 80e9 : Avx2.IsSupported ? 60e9 : 15e9);
}
