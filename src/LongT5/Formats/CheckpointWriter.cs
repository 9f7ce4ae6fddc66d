using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>Writes a checkpoint as a folder of safetensors that transformers and this library load again.</summary>
static class CheckpointWriter
{
    private const int Piece = 1 << 18;

    /// <param name="checkpoint">What to write.</param>
    /// <param name="folder">Where; must not exist, or be empty. It is written under another
    /// name and renamed when it is whole.</param>
    /// <param name="type">
    /// The type of all numbers, rounded to nearest even; null keeps the type of each. I8 is for the matrices of
    /// products, with a scale for each row, those of attention in 11 bits (I16); the others keep their types.
    /// </param>
    /// <param name="maxShardSize">Bytes of tensors in one file, unless a single tensor has more.</param>
    /// <param name="cancellation">Honoured between pieces; leaves nothing behind.</param>
    public static void Write(
        Checkpoint checkpoint, string folder, ElementType? type, long maxShardSize, CancellationToken cancellation)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new IOException($"{folder} exists and is not empty; name a folder that is new.");
        var beside = $"{folder}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(beside);
        try
        {
            ModelFolder.Write(beside, checkpoint.ConfigFields, checkpoint.Config,
                Outgoing(checkpoint, type, cancellation), maxShardSize);
            ModelFolder.Copy(checkpoint.Folder, beside, [ModelFolder.Generation, .. ModelFolder.Vocabulary]);
            if (Directory.Exists(folder))
                Directory.Delete(folder);
            Directory.Move(beside, folder);
        }
        catch
        {
            Directory.Delete(beside, recursive: true);
            throw;
        }
    }

    private static List<OutgoingTensor> Outgoing(
        Checkpoint checkpoint, ElementType? type, CancellationToken cancellation)
    {
        var tensors = checkpoint.Tensors.Values.ToList();
        if (ModelFolder.LacksHead(checkpoint.Config, checkpoint.Tensors.Keys))
            tensors.Add(checkpoint.Tensors[WeightShapes.Embedding].Named(WeightShapes.Head));
        if (type is not (null or ElementType.I8) && tensors.Any(tensor => tensor.Type.IsWhole()))
            throw new ArgumentException("The checkpoint is in 8 bits already; convert the one that it was made from.",
                nameof(type));
        return [.. tensors.SelectMany(Write)];

        IEnumerable<OutgoingTensor> Write(StoredTensor tensor)
        {
            if (type == ElementType.I8 && !tensor.Type.IsWhole() && WeightShapes.CanBeInt8(tensor.Name, tensor.Shape))
                return Int8Rows.Of(tensor, cancellation);
            var written = type is null or ElementType.I8 ? tensor.Type : type.Value;
            return [new(tensor.Name, written, tensor.Shape, stream => Copy(tensor, written, stream, cancellation))];
        }
    }

    private static unsafe void Copy(StoredTensor tensor, ElementType type, Stream stream,
        CancellationToken cancellation)
    {
        using var loan = tensor.Borrow();
        var values = new float[Math.Min(Piece, tensor.Count)];
        var bytes = new byte[values.Length * sizeof(float)];
        for (var start = 0L; start < tensor.Count; start += values.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(values.Length, tensor.Count - start);
            var source = loan.Data + start * tensor.Type.Size();
            if (type == tensor.Type)
            {
                stream.Write(new ReadOnlySpan<byte>(source, count * type.Size()));
                continue;
            }
            StoredTensor.Widen(tensor.Type, source, values.AsSpan(0, count));
            Narrow(tensor.Name, values.AsSpan(0, count), type, bytes);
            stream.Write(bytes.AsSpan(0, count * type.Size()));
        }
    }

    /// <summary>Rounds to nearest even.</summary>
    private static void Narrow(string name, ReadOnlySpan<float> values, ElementType type, Span<byte> bytes)
    {
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.AsBytes(values).CopyTo(bytes);
                break;
            case ElementType.BF16:
                for (var i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(2 * i)..], RoundToBFloat16(values[i]));
                break;
            case ElementType.F16:
                TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<byte, Half>(bytes));
                if (TensorPrimitives.MaxMagnitude(values) is var largest and >= 65520)
                    throw new ArgumentException(
                        $"{name} holds {largest}, which f16 cannot hold; convert to bf16 or f32.", nameof(type));
                break;
            default:
                throw new ArgumentException($"{type} is no type to convert to; F32, BF16 and F16 are.", nameof(type));
        }
    }

    private static ushort RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}
