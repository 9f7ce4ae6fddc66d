using System.Runtime.InteropServices;

namespace LongT5.Kernels;

/// <summary>Disposed with a network: gives the system back what was freed and kept for the next request.</summary>
/// <remarks>
/// Two keep it: <see cref="Scratch"/>, whose largest buffers wait for the next call, and the C library, which does not
/// return pieces of less than 32 MiB by itself. While a model lives that is what makes its requests quick.
/// </remarks>
sealed partial class Remains : IDisposable
{
    private const int OwnPages = -3; // M_MMAP_THRESHOLD of malloc.h
    private const int Large = 1 << 20;

    public void Dispose()
    {
        Scratch.Clear();
        Trim();
    }

    /// <summary>
    /// Gives back what a long piece of work leaves, so that it does not lie beside the next one: arrays that nothing
    /// needs any more, and what the C library keeps.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Trim();
    }

    /// <summary>
    /// For a program of its own: pieces of a MiB and more go back when they are freed, where they else lie between
    /// others that are not. Reading a text of the model's full length takes a twelfth less memory, and no more time.
    /// </summary>
    public static void ReturnLarge() => Ask(() => SetOption(OwnPages, Large));

    private static void Trim() => Ask(() => Trim(0));

    private static void Ask(Func<int> question)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = question();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which has its own ways.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
