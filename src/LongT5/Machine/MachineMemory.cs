using System.Diagnostics;
using System.Globalization;

namespace LongT5.Machine;

/// <summary>How much memory there is to work with.</summary>
public static class MachineMemory
{
    /// <summary>
    /// Bytes that can be taken now without swapping: of the machine, of the container that this process runs in, or
    /// of the addresses that its shell allows.
    /// </summary>
    public static long Available
        => Math.Max(0, Math.Min(Math.Min(OfMachine(), ControlGroups.Available()), AddressSpace.Left));

    /// <summary>Bytes in all, under the container's limit.</summary>
    public static long Total => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The most bytes that this process has held at once, mapped files included.</summary>
    public static long PeakOfProcess
        => KilobytesOf("/proc/self/status", "VmHWM:") is { } peak
            ? peak * 1024 : Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>
    /// Lets <see cref="PeakOfProcess"/> count from now on, where the system can (Linux); elsewhere it goes on.
    /// </summary>
    public static void ForgetPeak()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A container may forbid it; then the peak is that of the process so far.
        }
    }

    /// <summary>Linux knows what it could free; elsewhere what is taken is subtracted.</summary>
    private static long OfMachine()
    {
        if (KilobytesOf("/proc/meminfo", "MemAvailable:") is { } kilobytes)
            return kilobytes * 1024;
        var memory = GC.GetGCMemoryInfo();
        return memory.TotalAvailableMemoryBytes - Math.Max(memory.MemoryLoadBytes, Environment.WorkingSet);
    }

    /// <summary>A number of one of the system's files; null where it is not there.</summary>
    internal static long? KilobytesOf(string path, string name)
        => Lines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[name.Length..^"kB".Length], CultureInfo.InvariantCulture, out var kilobytes)
                ? kilobytes : null;

    /// <summary>The lines of one of the system's files; none where it cannot be read.</summary>
    internal static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
