using System.Globalization;
using System.Runtime.InteropServices;

namespace LongT5.Machine;

/// <summary>
/// The limit of addresses that a shell may set (<c>ulimit -v</c>): it counts what is reserved, also where it is never
/// used.
/// </summary>
static partial class AddressSpace
{
    private const int ArenasAtMost = -8; // M_ARENA_MAX of malloc.h

    /// <summary>Bytes of it; null where there is no limit, or no Linux.</summary>
    public static long? Limit { get; } = Read();

    /// <summary>Bytes of it that are left; more than any machine has where there is no limit.</summary>
    public static long Left => Limit is { } limit
        ? Math.Max(0, limit - (MachineMemory.KilobytesOf("/proc/self/status", "VmSize:") ?? 0) * 1024) : long.MaxValue;

    /// <summary>What a sentence about too little memory adds where there is a limit.</summary>
    public static string Hint => Limit is { } limit ? string.Create(CultureInfo.InvariantCulture,
        $"; this shell allows {limit / 1e9:0.0#} GB of address space; ulimit raises it") : "";

    /// <summary>
    /// Under a limit lets the C library reserve addresses for one heap, where it else does for each thread: 64 MiB.
    /// </summary>
    public static void Spare()
    {
        if (Limit is null)
            return;
        try
        {
            _ = SetOption(ArenasAtMost, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which has its own ways.
        }
    }

    private static long? Read()
    {
        const string Name = "Max address space";
        var line = MachineMemory.Lines("/proc/self/limits")
            .FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        return line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
            && long.TryParse(soft, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
