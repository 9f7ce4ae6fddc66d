using System.Text;
using LongT5.Cli.Input;
using LongT5.Formats;

namespace LongT5.Cli.Output;

/// <summary>A result file that appears whole or not at all.</summary>
/// <remarks>
/// It is opened before the work begins, so that a folder that cannot be written costs no waiting, and what was there
/// stays until the new file is complete. A pipe or a device is no file to be replaced: it is written as it is.
/// </remarks>
sealed class OutputFile : IDisposable
{
    private readonly FileReplacement? _file;
    private readonly FileStream _stream;

    /// <param name="path">Where the result goes; its folder is made if need be.</param>
    /// <param name="force">Whether a file that is there may be replaced.</param>
    /// <exception cref="Failure">There is a file already, or the place cannot be written.</exception>
    public OutputFile(string path, bool force)
    {
        var place = Path.GetFullPath(path);
        try
        {
            if (IsStream(place))
            {
                _stream = new FileStream(place, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                return;
            }
            CheckFree(path, force);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            _file = new(place, force);
            _stream = _file.Stream;
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
        if (_file is null)
            _stream.Dispose();
        else
            _file.Complete();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file is not null)
            _file.Dispose();
        else
            _stream.Dispose();
    }

    /// <summary>
    /// Devices and pipes, and what this process has open (<c>/dev/stderr</c>), which may be a file in its turn.
    /// </summary>
    private static bool IsStream(string path)
        => FileKind.IsSpecial(path) || path == "/dev/stderr" || path.StartsWith("/dev/fd/", StringComparison.Ordinal)
            || path.StartsWith("/proc/self/fd/", StringComparison.Ordinal);
}
