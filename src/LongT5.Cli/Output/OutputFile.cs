using System.Text;
using LongT5.Cli.Input;

namespace LongT5.Cli.Output;

/// <summary>A result file that appears whole or not at all: written beside its place, flushed, renamed.</summary>
/// <remarks>
/// It is opened before the work begins, so that a folder that cannot be written costs no waiting, and what was there
/// stays until the new file is complete. A pipe or a device is no file to be replaced: it is written as it is.
/// </remarks>
sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string? _partial;
    private readonly bool _force;
    private readonly FileStream _stream;
    private bool _committed;

    /// <param name="path">Where the result goes; its folder is made if need be.</param>
    /// <param name="force">Whether a file that is there may be replaced.</param>
    /// <exception cref="Failure">There is a file already, or the place cannot be written.</exception>
    public OutputFile(string path, bool force)
    {
        (_path, _force) = (Path.GetFullPath(path), force);
        try
        {
            if (IsStream(_path))
            {
                _stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                return;
            }
            CheckFree(path, force);
            _partial = $"{_path}.{Environment.ProcessId}.partial";
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            _stream = new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.None);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw Unwritable(path, exception);
        }
    }

    /// <summary>Refuses a place that is taken.</summary>
    /// <exception cref="Failure">There is a folder, or a file that may not be replaced.</exception>
    public static void CheckFree(string path, bool force)
    {
        if (Directory.Exists(path))
            throw Failure.Usage($"{path} is a folder; name a file.");
        if (File.Exists(path) && !force)
            throw new Failure(
                $"{path} exists already; add --force to replace it, or name another with -o (of many texts, "
                    + $"--skip-done leaves those that are done).");
    }

    /// <summary>The error of a place that cannot be written.</summary>
    public static Failure Unwritable(string path, Exception exception)
        => new($"{path} cannot be written ({exception.Message.TrimEnd('.')}); name another place with -o.",
            ExitCode.Failed, exception);

    /// <summary>The bytes of the file; what they are is the caller's.</summary>
    public Stream Stream => _stream;

    /// <summary>Writes a text and makes the file appear.</summary>
    public void Complete(string text)
    {
        _stream.Write(Encoding.UTF8.GetBytes(text));
        Complete();
    }

    /// <summary>Makes the file appear.</summary>
    public void Complete()
    {
        _stream.Flush(flushToDisk: _partial is not null);
        _stream.Dispose();
        if (_partial is not null)
            File.Move(_partial, _path, _force);
        _committed = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_committed)
            return;
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // The last bytes found no room: the file goes anyway.
        }
        if (_partial is not null)
            File.Delete(_partial);
    }

    /// <summary>
    /// Devices and pipes, and what this process has open (<c>/dev/stderr</c>), which may be a file in its turn.
    /// </summary>
    private static bool IsStream(string path)
        => FileKind.IsSpecial(path) || path == "/dev/stderr" || path.StartsWith("/dev/fd/", StringComparison.Ordinal)
            || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal);
}
