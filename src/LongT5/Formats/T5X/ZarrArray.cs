using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>An array of T5X: a folder with <c>.zarray</c> and one file for each chunk, mostly gzipped.</summary>
/// <remarks>Chunks at the rim are stored whole; what lies behind the end of the array is padding.</remarks>
sealed unsafe class ZarrArray
{
    /// <summary>More than this, deflate cannot expand; a chunk that claims it is a lie.</summary>
    private const long LargestExpansion = 1032;

    private readonly string _folder;
    private readonly string _separator;
    private readonly bool _compressed;
    private readonly long[] _chunk;

    private ZarrArray(string folder)
    {
        _folder = folder;
        var path = Path.Combine(folder, ".zarray");
        if (!File.Exists(path))
            throw new BadFileException(path, "the file is missing; the checkpoint is not whole.");
        var fields = JsonFile.Read(path);
        fields["zarr_format"].Whole(2, 2);
        if (fields["order"].Text() != "C")
            throw fields["order"].Expected("C");
        if (fields["filters"].Given is { } filters)
            throw filters.Expected("null");

        Type = fields["dtype"].Text() switch
        {
            "<f4" => ElementType.F32,
            "<f2" => ElementType.F16,
            "<f8" => ElementType.F64,
            "bfloat16" => ElementType.BF16,
            _ => throw fields["dtype"].Expected("<f4, <f2, <f8 or bfloat16"),
        };
        Shape = [.. fields["shape"].Items(1, 2).Select(extent => extent.Extent())];
        _chunk = [.. fields["chunks"].Items(1, 2).Select(extent => extent.Extent())];
        if (_chunk.Length != Shape.Length || _chunk.Any(extent => extent == 0)
            || _chunk.Aggregate((Int128)Type.Size(), (product, extent) => product * extent) > Array.MaxLength)
            throw fields["chunks"]
                .Expected("as many extents as the shape has, none of them 0, and chunks of less than 2 GiB");
        if (Shape.Aggregate((Int128)Type.Size(), (product, extent) => product * extent) > long.MaxValue)
            throw fields["shape"].Expected("a shape that some memory could hold");
        _separator = fields["dimension_separator"].Given?.Text() ?? ".";
        if (_separator is not ("." or "/"))
            throw fields["dimension_separator"].Expected(". or /");
        _compressed = fields["compressor"].Given is { } compressor && (compressor["id"].Text() == "gzip"
            ? true : throw compressor["id"].Expected("gzip"));
    }

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>One or two extents.</summary>
    public long[] Shape { get; }

    /// <summary>Reads <c>.zarray</c>; no chunk yet.</summary>
    public static ZarrArray Open(string folder) => new(folder);

    /// <summary>Writes the whole array, or its transposition, row by row.</summary>
    /// <exception cref="BadFileException">A chunk is missing or damaged.</exception>
    public void Read(bool transpose, byte* destination)
    {
        var (rows, columns) = Shape.Length == 2 ? (Shape[0], Shape[1]) : (1, Shape[0]);
        var (high, wide) = Shape.Length == 2 ? (_chunk[0], _chunk[1]) : (1, _chunk[0]);
        var size = Type.Size();
        var content = GC.AllocateUninitializedArray<byte>(CheckFirst((int)(high * wide * size)));
        for (var top = 0L; top < rows; top += high)
        {
            for (var left = 0L; left < columns; left += wide)
            {
                ReadChunk(Shape.Length == 2 ? $"{top / high}{_separator}{left / wide}" : $"{left / wide}", content);
                fixed (byte* source = content)
                {
                    var (height, width) = (Math.Min(high, rows - top), Math.Min(wide, columns - left));
                    if (transpose)
                        Place(source, width, height, 1, wide, destination + (left * rows + top) * size, rows);
                    else
                        Place(source, height, width, wide, 1, destination + (top * columns + left) * size, columns);
                }
            }
        }

        void Place(byte* source, long height, long width, long rowStride, long columnStride, byte* target,
            long targetStride)
            => StridedCopy.Matrix(source, size, height, width, rowStride, columnStride, target, targetStride);
    }

    /// <summary>Looks whether the first chunk can hold what it must, before memory is taken for it.</summary>
    private int CheckFirst(int length)
    {
        if (Shape.Any(extent => extent == 0))
            return 0;
        var first = Path.Combine(_folder, Shape.Length == 2 ? $"0{_separator}0" : "0");
        Expandable(first, length);
        return length;
    }

    private void Expandable(string path, long length)
    {
        var stored = new FileInfo(path) is { Exists: true } file ? file.Length
            : throw new BadFileException(path, "this chunk is missing; the checkpoint is not whole.");
        if (_compressed ? length > stored * LargestExpansion : length != stored)
            throw new BadFileException(path, $"a chunk of {length} bytes cannot be in a file of {stored}.");
    }

    private void ReadChunk(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        Expandable(path, content.Length);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        if (!_compressed)
        {
            file.ReadExactly(content);
            return;
        }
        if (file.Length < 18)
            throw new BadFileException(path, $"gzip has at least 18 bytes, this chunk {file.Length}.");
        Span<byte> trailer = stackalloc byte[8];
        file.Seek(-8, SeekOrigin.End);
        file.ReadExactly(trailer);
        file.Position = 0;
        // GZipStream takes a file that is cut short for one that ends: length and checksum are compared here.
        try
        {
            using var gzip = new GZipStream(file, CompressionMode.Decompress);
            var length = gzip.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length < content.Length || gzip.ReadByte() >= 0)
                throw new BadFileException(path, $"the chunk should have {content.Length} bytes, but has "
                    + (length < content.Length ? $"{length}; it is cut short." : "more."));
        }
        catch (InvalidDataException e)
        {
            throw new BadFileException(path, $"the chunk is no gzip, or damaged: {e.Message}", cause: e);
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != Crc32.HashToUInt32(content)
            || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)content.Length)
            throw new BadFileException(path,
                "the checksum of the chunk is not that of its content; it is damaged or cut short.");
    }
}
