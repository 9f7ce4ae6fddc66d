namespace LongT5.Cli;

/// <summary>Which of the three streams this process was given.</summary>
/// <remarks>
/// Whoever closes one (<c>2&gt;&amp;-</c>) leaves its number free, and the runtime takes it for a pipe of its own: what
/// is written there ends the process. What is the runtime's own is marked to be closed in child processes; what was
/// inherited is not, and can be read or written as its number says.
/// </remarks>
static class StandardStreams
{
    private const int CloseOnExec = 0x80000, AccessMode = 3, ReadOnly = 0, WriteOnly = 1;

    /// <summary>Standard input was given.</summary>
    public static bool HasInput { get; } = IsInherited(0);

    /// <summary>Standard output was given.</summary>
    public static bool HasOutput { get; } = IsInherited(1);

    /// <summary>Standard error was given.</summary>
    public static bool HasError { get; } = IsInherited(2);

    private static bool IsInherited(int descriptor)
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc/self/fdinfo"))
            return true;
        try
        {
            var text = File.ReadLines($"/proc/self/fdinfo/{descriptor}")
                .First(line => line.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..].Trim();
            var flags = Convert.ToInt32(text, 8);
            return (flags & CloseOnExec) == 0 && (flags & AccessMode) != (descriptor == 0 ? WriteOnly : ReadOnly);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}

/// <summary>Takes the place of a standard output that was closed: nothing can be written.</summary>
sealed class ClosedOutput : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
        => throw new IOException("standard output is closed: nothing can be written there; name a file with -o.");

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
