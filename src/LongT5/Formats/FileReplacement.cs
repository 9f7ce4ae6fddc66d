namespace LongT5.Formats;

/// <summary>Files that are whole or not there: written beside, flushed to the disk, renamed.</summary>
static class FileReplacement
{
    /// <param name="path">Where the file shall stand; replaced if it exists.</param>
    /// <param name="write">Writes the content; if it throws, what stood there stays.</param>
    public static void Write(string path, Action<FileStream> write)
    {
        var beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }
}
