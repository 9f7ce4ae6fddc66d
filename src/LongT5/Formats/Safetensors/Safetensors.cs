using System.Buffers.Binary;
using System.Collections.ObjectModel;
using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// A <c>.safetensors</c> file: eight bytes of header length, a JSON header, the tensors one after the other.
/// </summary>
/// <remarks>
/// The tensors are used where they lie in the mapped file, so opening costs the header alone. What the format forbids
/// is refused: holes, overlaps, bytes after the last tensor, two tensors of one name.
/// </remarks>
public sealed unsafe class Safetensors : IDisposable
{
    /// <summary>The reference implementation refuses larger headers.</summary>
    private const int LargestHeader = 100_000_000;
    private const int MostTensors = 200_000;
    internal const int LongestName = 1024;

    private readonly MappedFile _file;

    private Safetensors(
        MappedFile file, IReadOnlyDictionary<string, StoredTensor> tensors,
        IReadOnlyDictionary<string, string> metadata)
        => (_file, Tensors, Metadata) = (file, tensors, metadata);

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>The tensors by name, in the order of their bytes. They live until this is disposed.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>What the writer said of the file (<c>__metadata__</c>); empty where it said nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file and reads its header.</summary>
    /// <exception cref="BadFileException">The file is not what the format asks for.</exception>
    public static Safetensors Open(string path) => Open(path, inMemory: false);

    internal static Safetensors Open(string path, bool inMemory)
    {
        var file = MappedFile.Open(path, inMemory);
        try
        {
            var (tensors, metadata) = ReadHeader(file);
            return new(file, tensors, metadata);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How long the tensors are there.</summary>
    internal Lifetime Memory => _file.Life;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static (OrderedDictionary<string, StoredTensor>, IReadOnlyDictionary<string, string>) ReadHeader(
        MappedFile file)
    {
        var bad = (string problem) => new BadFileException(file.Path, problem);
        if (file.Length < 10)
            throw bad($"a safetensors file has at least 10 bytes, this one has {file.Length}.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Bytes(0, 8));
        if (length > LargestHeader)
            throw bad($"its first 8 bytes announce a header of {length} bytes, more than the {LargestHeader} that "
                + $"are allowed; "
                + "this is hardly a safetensors file.");
        if (length > (ulong)file.Length - 8)
            throw bad(
                $"the header should have {length} bytes, but only {file.Length - 8} follow; the file is cut short.");

        var header = SafetensorsHeader.Parse(file.Path, file.Bytes(8, (int)length), MostTensors);
        header.Entries.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));

        var data = 8 + (long)length;
        var tensors = new OrderedDictionary<string, StoredTensor>(header.Entries.Count);
        var end = 0L;
        foreach (var entry in header.Entries)
        {
            if (entry.Start != end)
                throw bad($"tensor {entry.Name} starts at {entry.Start} of the data, the one before ends at {end}; "
                    + "tensors must follow each other without holes or overlaps.");
            var bytes = (Int128)entry.Type.Size();
            foreach (var extent in entry.Shape)
                bytes = extent == 0 ? 0 : Int128.Min(bytes * extent, long.MaxValue);
            if (bytes != entry.End - entry.Start)
                throw bad($"tensor {entry.Name} is {entry.Type} [{string.Join(", ", entry.Shape)}], "
                    + $"{bytes} bytes, but has {entry.End - entry.Start}.");
            end = entry.End;
            if (end > file.Length - data)
                throw bad($"tensor {entry.Name} ends at {end} of the data, but only {file.Length - data} bytes "
                    + $"follow the header; "
                    + "the file is cut short.");
            tensors.Add(entry.Name,
                new(file.Life, entry.Name, entry.Type, entry.Shape, file.Data + data + entry.Start));
        }
        if (end != file.Length - data)
            throw bad($"{file.Length - data - end} bytes follow the last tensor; none may.");
        return (tensors, new ReadOnlyDictionary<string, string>(header.Metadata));
    }
}
