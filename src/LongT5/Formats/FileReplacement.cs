namespace LongT5.Formats;

/// <summary>A file that is whole or not there: written beside its place, flushed to the disk, renamed.</summary>
/// <remarks>
/// What stands in the place stays until then, and where the writing ends without <see cref="Complete"/>.
/// </remarks>
sealed class FileReplacement : IDisposable
{
    private readonly string _path, _beside;
    private readonly bool _overwrite;
    private bool _isComplete;

    /// <param name="path">Where the file shall stand.</param>
    /// <param name="overwrite">Whether a file that stands there may be replaced.</param>
    /// <exception cref="IOException">Nothing can be written beside the place.</exception>
    public FileReplacement(string path, bool overwrite = true)
    {
        (_path, _overwrite, _beside) = (path, overwrite, $"{path}.{Guid.NewGuid():N}.tmp");
        Stream = new(_beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
    }

    /// <summary>The bytes of the file.</summary>
    public FileStream Stream { get; }

    /// <summary>Writes a file at once.</summary>
    /// <param name="path">Where the file shall stand; replaced if it exists.</param>
    /// <param name="write">Writes the content; if it throws, what stood there stays.</param>
    public static void Write(string path, Action<FileStream> write)
    {
        using var file = new FileReplacement(path);
        write(file.Stream);
        file.Complete();
    }

    /// <summary>Makes the file appear.</summary>
    /// <exception cref="IOException">
    /// Its bytes found no room, or a file stands there that may not be replaced.
    /// </exception>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_beside, _path, _overwrite);
        _isComplete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isComplete) return;
        try
        {
            Stream.Dispose();
        }
        catch (IOException)
        {
            // The last bytes found no room: the file goes anyway.
        }
        File.Delete(_beside);
    }
}
