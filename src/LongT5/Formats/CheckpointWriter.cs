using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>Writes a checkpoint as a folder of safetensors that transformers and this library load again.</summary>
static class CheckpointWriter
{
    private const int Piece = 1 << 18;

    private static readonly string[] Companions =
    [
        "generation_config.json", "spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json",
    ];

    /// <param name="checkpoint">What to write.</param>
    /// <param name="folder">Where; must not exist, or be empty. It is written under another name and renamed when it is whole.</param>
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
            var tensors = Outgoing(checkpoint, type, cancellation);
            WriteShards(beside, tensors, maxShardSize);
            FileReplacement.Write(Path.Combine(beside, "config.json"), stream => WriteConfig(checkpoint, tensors, stream));
            foreach (var name in Companions.Where(name => File.Exists(Path.Combine(checkpoint.Folder, name))))
            {
                FileReplacement.Write(Path.Combine(beside, name), stream =>
                {
                    using var source = File.OpenRead(Path.Combine(checkpoint.Folder, name));
                    source.CopyTo(stream);
                });
            }
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

    private static List<OutgoingTensor> Outgoing(Checkpoint checkpoint, ElementType? type, CancellationToken cancellation)
    {
        var tensors = checkpoint.Tensors.Values.ToList();
        // A lost head is written as what serves in its place, since transformers would invent one.
        if (!checkpoint.HasOwnHead && !checkpoint.ScalesDecoderOutput && !checkpoint.IsEncoderOnly)
            tensors.Add(checkpoint.Tensors[WeightShapes.Embedding].Named(WeightShapes.Head));
        if (type is not (null or ElementType.I8) && tensors.Any(tensor => tensor.Type.IsWhole()))
            throw new ArgumentException("The checkpoint is in 8 bits already; convert the one that it was made from.", nameof(type));
        return [.. tensors.SelectMany(Write)];

        IEnumerable<OutgoingTensor> Write(StoredTensor tensor)
        {
            if (type == ElementType.I8 && !tensor.Type.IsWhole() && WeightShapes.CanBeInt8(tensor.Name, tensor.Shape))
                return Int8Rows.Of(tensor, cancellation);
            var written = type is null or ElementType.I8 ? tensor.Type : type.Value;
            return [new(tensor.Name, written, tensor.Shape, stream => Copy(tensor, written, stream, cancellation))];
        }
    }

    private static unsafe void Copy(StoredTensor tensor, ElementType type, Stream stream, CancellationToken cancellation)
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

    private static void WriteShards(string folder, List<OutgoingTensor> tensors, long maxShardSize)
    {
        var shards = new List<List<OutgoingTensor>> { new() };
        var size = 0L;
        foreach (var tensor in tensors)
        {
            if (shards[^1].Count > 0 && size + tensor.ByteLength > maxShardSize)
            {
                shards.Add([]);
                size = 0;
            }
            shards[^1].Add(tensor);
            size += tensor.ByteLength;
        }

        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        if (shards is [var whole])
        {
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), whole, metadata);
            return;
        }
        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"model-{i + 1:d5}-of-{shards.Count:d5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), shards[i], metadata);
            shards[i].ForEach(tensor => places.Add(tensor.Name, name));
        }
        FileReplacement.Write(Path.Combine(folder, "model.safetensors.index.json"), stream =>
        {
            using var json = new Utf8JsonWriter(stream, new() { Indented = true });
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", tensors.Sum(tensor => tensor.ByteLength));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach (var (tensor, place) in places)
                json.WriteString(tensor, place);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>The fields that were there, but for those that the writing changed.</summary>
    private static void WriteConfig(Checkpoint checkpoint, List<OutgoingTensor> tensors, Stream stream)
    {
        var family = checkpoint.Config.Attention.Family;
        var architecture = family + (checkpoint.IsEncoderOnly ? "EncoderModel" : "ForConditionalGeneration");
        var changed = new OrderedDictionary<string, Action<Utf8JsonWriter>>
        {
            ["architectures"] = json =>
            {
                json.WriteStartArray();
                json.WriteStringValue(architecture);
                json.WriteEndArray();
            },
            ["model_type"] = json => json.WriteStringValue(family.ToLowerInvariant()),
            ["tie_word_embeddings"] = json => json.WriteBooleanValue(!checkpoint.HasOwnHead && checkpoint.Config.TieWordEmbeddings),
        };
        var spelling = checkpoint.ConfigFields.TryGetProperty("dtype", out _) ? "dtype" : "torch_dtype";
        if (tensors.Select(tensor => tensor.Type).Distinct().ToArray() is [var type] && TorchName(type) is { } name)
            changed[spelling] = json => json.WriteStringValue(name);

        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        json.WriteStartObject();
        foreach (var field in checkpoint.ConfigFields.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            if (changed.Remove(field.Name, out var write))
                write(json);
            else
                field.Value.WriteTo(json);
        }
        foreach (var (added, write) in changed)
        {
            json.WritePropertyName(added);
            write(json);
        }
        json.WriteEndObject();
    }

    private static string? TorchName(ElementType type) => type switch
    {
        ElementType.F32 => "float32",
        ElementType.BF16 => "bfloat16",
        ElementType.F16 => "float16",
        ElementType.F64 => "float64",
        _ => null,
    };
}
