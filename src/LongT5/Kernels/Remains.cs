using System.Runtime.InteropServices;

namespace LongT5.Kernels;

/// <summary>Disposed with a network: gives the system back what was freed and kept for the next request.</summary>
/// <remarks>
/// Two keep it: <see cref="Scratch"/>, whose largest buffers wait for the next call, and the C library, which does not
/// return pieces of less than 32 MiB by itself. While a model lives that is what makes its requests quick.
/// </remarks>
sealed partial class Remains : IDisposable
{
    public void Dispose()
    {
        Scratch.Clear();
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which has its own ways.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
