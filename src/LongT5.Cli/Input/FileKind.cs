using System.Runtime.InteropServices;

namespace LongT5.Cli.Input;

/// <summary>What a path leads to, where .NET does not say.</summary>
static partial class FileKind
{
    private const int Here = -100;
    private const uint TypeAndMode = 1;
    private const int ModeOffset = 28, StatusBytes = 256;
    private const int TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    /// <summary>
    /// Whether a path leads to a pipe, a device or a socket, which may have no end and cannot be replaced.
    /// </summary>
    /// <remarks>Linux alone tells; elsewhere the answer is no.</remarks>
    public static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        var status = new byte[StatusBytes];
        try
        {
            return Status(Here, path, 0, TypeAndMode, status) == 0
                && (BitConverter.ToUInt16(status, ModeOffset) & TypeMask) is not (Regular or Folder);
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The path with every link in it followed.</summary>
    public static string RealPath(string path)
    {
        var whole = Path.GetFullPath(path);
        var real = Path.GetPathRoot(whole)!;
        foreach (var part in whole[real.Length..]
            .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            real = File.ResolveLinkTarget(next, returnFinalTarget: true) is { } target
                ? RealPath(target.FullName) : next;
        }
        return real;
    }

    /// <summary>The kernel's statx: its record is laid out alike on every processor.</summary>
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, [Out] byte[] status);
}
