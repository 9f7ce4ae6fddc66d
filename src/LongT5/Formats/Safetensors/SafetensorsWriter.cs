using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>A tensor on its way to a file.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">How its elements are written.</param>
/// <param name="Shape">Row-major extents.</param>
/// <param name="Write">Writes exactly the bytes that type and shape ask for; called once, when its turn comes.</param>
public sealed record OutgoingTensor(string Name, ElementType Type, long[] Shape, Action<Stream> Write)
{
    /// <summary>Number of bytes.</summary>
    public long ByteLength { get; } = Shape.Aggregate((long)Type.Size(),
        (product, extent) => checked(product * extent));

    /// <summary>A float tensor of values in memory, written as <see cref="ElementType.F32"/>.</summary>
    public static OutgoingTensor Of(string name, long[] shape, ReadOnlyMemory<float> values)
        => new(name, ElementType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));

    /// <summary>An integer tensor of values in memory, written as <see cref="ElementType.I32"/>.</summary>
    public static OutgoingTensor Of(string name, long[] shape, ReadOnlyMemory<int> values)
        => new(name, ElementType.I32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));
}

/// <summary>Writes <c>.safetensors</c> files, one tensor at a time.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes a file beside <paramref name="path"/>, flushes it to the disk and renames it, so that what was there
    /// before is lost only to a whole file.
    /// </summary>
    /// <param name="path">Where the file shall stand; replaced if it exists.</param>
    /// <param name="tensors">In any order; the file has them as the reference does:
    /// wide elements first, then by name.</param>
    /// <param name="metadata">Kept under <c>__metadata__</c>; transformers asks for <c>format</c> = <c>pt</c>.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or one wrote another
    /// number of bytes than announced.</exception>
    public static void Write(
        string path, IEnumerable<OutgoingTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = tensors.OrderByDescending(t => t.Type.Size()).ThenBy(t => t.Name, StringComparer.Ordinal)
            .ToArray();
        if (sorted.CountBy(t => t.Name).FirstOrDefault(count => count.Value > 1) is { Key: { } twice })
            throw new ArgumentException($"two tensors are named {twice}.", nameof(tensors));

        FileReplacement.Write(path, stream =>
        {
            var header = Header(sorted, metadata ?? new Dictionary<string, string>());
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in sorted)
            {
                var before = stream.Position;
                tensor.Write(stream);
                if (stream.Position - before != tensor.ByteLength)
                    throw new ArgumentException(
                        $"tensor {tensor.Name} has {tensor.ByteLength} bytes, but "
                            + $"{stream.Position - before} were written.",
                        nameof(tensors));
            }
        });
    }

    /// <summary>Padded with spaces to a multiple of 8, so that the tensors are aligned.</summary>
    private static byte[] Header(OutgoingTensor[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (name, value) in metadata)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
            var start = 0L;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.ToString().ToUpperInvariant());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [start, start += tensor.ByteLength]);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (bytes.Length % 8 != 0)
            bytes.WriteByte((byte)' ');
        return bytes.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
