using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using LongT5.Formats;

namespace LongT5.Torch.Native;

/// <summary>Makes TorchSharp's native library load on systems whose libstdc++ is older than GCC 13's.</summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> asks for the symbol version <c>GLIBCXX_3.4.32</c>, which Debian 12 and Ubuntu 22.04 do
/// not have, but refers to nothing of that version. Where the plain load fails, and only there, a copy is written
/// beside the original, in this program's own folder, whose request is marked weak, and the copy is loaded.
/// </remarks>
public static partial class Libtorch
{
    const string Library = "LibTorchSharp", Version = "GLIBCXX_3.4.32";

    /// <summary>How the native library came to be loaded, for <c>doctor</c>.</summary>
    public static string Loaded { get; private set; } = "as shipped";

    static int s_prepared;

    /// <summary>To be called before TorchSharp is used; <see cref="TorchModel"/> does it by itself.</summary>
    public static void Prepare()
    {
        if (Interlocked.Exchange(ref s_prepared, 1) == 1) return;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        if (OperatingSystem.IsLinux()) _ = SetVariable("OMP_WAIT_POLICY", "passive", overwrite: 0);
    }

    /// <summary>
    /// From now on pieces of 8 MiB and more have pages of their own, which go back to the system with them. glibc would
    /// raise its limit to 32 MiB by itself, and what it keeps between pieces in use
    /// were 2 of 8 GiB (base size, 4,096 tokens). What the environment says of it (MALLOC_MMAP_THRESHOLD_) stays.
    /// </summary>
    public static void ReturnMemoryWhenFreed()
    {
        if (Environment.GetEnvironmentVariable("MALLOC_MMAP_THRESHOLD_") is null)
            OfGlibc(() => SetOption(SmallestOfOwnPages, 8 << 20));
    }

    /// <summary>Gives the pages of freed memory back to the system: those between pieces in use too.</summary>
    public static void ReturnFreeMemory() => OfGlibc(() => Trim(0));

    static void OfGlibc(Func<int> call)
    {
        try
        {
            if (OperatingSystem.IsLinux()) _ = call();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, which has its own ways.
        }
    }

    const int SmallestOfOwnPages = -3; // M_MMAP_THRESHOLD

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);

    // libtorch's threads wait for each other by spinning, which is a little faster on an idle machine (1.1 times, two
    // cores) and ruinous beside other work (up to 8 times slower, measured). They read this once, when libtorch is
    // loaded, from the process's own variables, which .NET's are a copy of.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    // Called by the runtime when its own search has failed.
    static nint Resolve(Assembly asker, string name)
    {
        if (name != Library || !OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return 0;
        var original = Candidates().FirstOrDefault(File.Exists);
        if (original is null) return 0;

        var copy = Path.ChangeExtension(original, ".weak.so");
        var bytes = File.ReadAllBytes(original);
        if (!VersionNeed.MakeWeak(bytes, Version)) return 0;
        if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(bytes))
            // Two processes may start at once: each writes a file of its own and renames it.
            FileReplacement.Write(copy, stream => stream.Write(bytes));
        Loaded = $"from {copy}, whose request for {Version} (newer than this system's libstdc++) is marked weak";
        return NativeLibrary.Load(copy);
    }

    static IEnumerable<string> Candidates()
    {
        var architecture = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "arm64" : "x64";
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native",
            $"lib{Library}.so");
        yield return Path.Combine(AppContext.BaseDirectory, $"lib{Library}.so");
    }
}
