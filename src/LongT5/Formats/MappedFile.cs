using System.IO.MemoryMappedFiles;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// A file seen as memory, read only. Mapped: the system reads what is looked at, when it is looked at, and a file that
/// somebody cuts meanwhile ends the process. Or read into memory of our own, which nothing outside can reach.
/// </summary>
sealed unsafe class MappedFile : IDisposable
{
    private readonly byte* _data;

    private MappedFile(string path, Lifetime life, byte* data, long length)
    {
        (Path, Life, Length) = (path, life, length);
        _data = data;
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>How long the bytes are there; what is made of them (turned matrices) lives as long.</summary>
    public Lifetime Life { get; }

    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public byte* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(Life.HasEnded, this);
            return _data;
        }
    }

    /// <param name="path">The file.</param>
    /// <param name="inMemory">Whether to read all of it instead of mapping it.</param>
    /// <exception cref="BadFileException">The file is empty, or ends before it should.</exception>
    public static MappedFile Open(string path, bool inMemory = false)
    {
        var life = new Lifetime();
        try
        {
            var stream = life.Keep(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
            var length = stream.Length;
            if (length == 0)
                throw new BadFileException(path, "the file is empty; it may be the rest of a broken download.");
            Span<byte> start = stackalloc byte[(int)Math.Min(length, 1024)];
            RandomAccess.Read(stream.SafeFileHandle, start, 0);
            Impostor.Refuse(path, start);
            return new(path, life, inMemory ? Read(path, stream, length, life) : Map(stream, length, life), length);
        }
        catch
        {
            life.Dispose();
            throw;
        }
    }

    /// <summary>Some of the bytes; the caller has checked that they lie in the file.</summary>
    public ReadOnlySpan<byte> Bytes(long start, int length) => new(Data + start, length);

    public void Dispose() => Life.Dispose();

    private static byte* Map(FileStream stream, long length, Lifetime life)
    {
        var file = life.Keep(MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true));
        var view = life.Keep(file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        byte* data = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref data);
        life.Keep(new Acquired(view));
        return data + view.PointerOffset;
    }

    private static byte* Read(string path, FileStream stream, long length, Lifetime life)
    {
        var data = (byte*)life.Keep(NativeBuffer.OfBytes(length)).Pointer;
        for (var done = 0L; done < length;)
        {
            var read = stream.Read(new Span<byte>(data + done, (int)Math.Min(1 << 30, length - done)));
            if (read == 0)
                throw new BadFileException(path,
                    $"the file had {length} bytes and has {done} now; it was cut while it was read.");
            done += read;
        }
        return data;
    }

    /// <summary>A view's pointer, given back before the view is disposed.</summary>
    private sealed class Acquired(MemoryMappedViewAccessor view) : IDisposable
    {
        public void Dispose() => view.SafeMemoryMappedViewHandle.ReleasePointer();
    }
}
