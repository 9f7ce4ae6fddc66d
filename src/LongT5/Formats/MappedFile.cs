using System.IO.MemoryMappedFiles;

namespace LongT5.Formats;

/// <summary>A file seen as memory, read only: the system reads what is looked at, when it is looked at.</summary>
sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private MappedFile(string path, MemoryMappedFile file, long length)
    {
        (Path, Length, _file) = (path, length, file);
        _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* data = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
        Data = data + _view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    public byte* Data { get; }

    /// <exception cref="BadFileException">The file is empty.</exception>
    public static MappedFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            var length = stream.Length;
            if (length == 0)
                throw new BadFileException(path, "the file is empty; it may be the rest of a broken download.");
            return new(path, MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false), length);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Some of the bytes; the caller has checked that they lie in the file.</summary>
    public ReadOnlySpan<byte> Bytes(long start, int length) => new(Data + start, length);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
