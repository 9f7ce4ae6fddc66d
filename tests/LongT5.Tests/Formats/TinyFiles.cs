using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using LongT5.Formats;

namespace LongT5.Tests.Formats;

/// <summary>Small files of each layout, byte by byte, so that each byte can be made wrong.</summary>
static class TinyFiles
{
    public static byte[] Bytes(params object[] parts)
    {
        using var bytes = new MemoryStream();
        foreach (var part in parts)
        {
            switch (part)
            {
                case int value:
                    bytes.WriteByte(checked((byte)value));
                    break;
                case string text:
                    bytes.Write(Encoding.UTF8.GetBytes(text));
                    break;
                case byte[] array:
                    bytes.Write(array);
                    break;
                default:
                    throw new ArgumentException($"{part} is no part of a file.", nameof(parts));
            }
        }
        return bytes.ToArray();
    }

    public static byte[] U16(int value) => BitConverter.GetBytes((ushort)value);

    public static byte[] U32(long value) => BitConverter.GetBytes((uint)value);

    public static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    public static byte[] Big16(int value) => [.. U16(value).Reverse()];

    public static byte[] Big32(long value) => [.. U32(value).Reverse()];

    /// <summary>Two tensors, [2, 2] and [1], of floats.</summary>
    public static byte[] Safetensors { get; } = SafetensorsOf(
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}""",
        new byte[20]);

    public static byte[] SafetensorsOf(string header, byte[] data)
        => Bytes(U64((ulong)Encoding.UTF8.GetByteCount(header)), header, data);

    /// <summary>An entry of a zip; what is not its content can be made to lie.</summary>
    public sealed record Entry(string Name, byte[] Content)
    {
        public string? LocalName { get; init; }
        public int Method { get; init; }
        public int Flags { get; init; }
        public long? Size { get; init; }
        public long? LocalSize { get; init; }
        public long? Offset { get; init; }
        public uint? Crc { get; init; }
        public int Disk { get; init; }
        public byte[] Extra { get; init; } = [];
    }

    public static byte[] Zip(params Entry[] entries) => Zip(entries, null, null, null, "");

    public static byte[] Zip(Entry[] entries, int? count, long? directoryStart, long? directoryLength, string comment)
    {
        using var file = new MemoryStream();
        var directory = new List<byte[]>();
        foreach (var entry in entries)
        {
            var (at, crc) = (file.Position, entry.Crc ?? Crc32.HashToUInt32(entry.Content));
            var (name, local) = (Encoding.UTF8.GetBytes(entry.Name),
                Encoding.UTF8.GetBytes(entry.LocalName ?? entry.Name));
            var (size, localSize) = (entry.Size ?? entry.Content.Length, entry.LocalSize ?? entry.Content.Length);
            file.Write(Bytes("PK\x03\x04", U16(20), U16(entry.Flags), U16(entry.Method), U32(0), U32(crc),
                U32(localSize), U32(localSize),
                U16(local.Length), U16(0), local, entry.Content));
            directory.Add(Bytes("PK\x01\x02", U16(20), U16(20), U16(entry.Flags), U16(entry.Method), U32(0), U32(crc),
                U32(size), U32(size),
                U16(name.Length), U16(entry.Extra.Length), U16(0), U16(entry.Disk), U16(0), U32(0),
                U32(entry.Offset ?? at), name, entry.Extra));
        }
        var start = file.Position;
        directory.ForEach(entry => file.Write(entry));
        var length = file.Position - start;
        file.Write(Bytes("PK\x05\x06", U16(0), U16(0), U16(count ?? entries.Length), U16(count ?? entries.Length),
            U32(directoryLength ?? length), U32(directoryStart ?? start), U16(comment.Length), comment));
        return file.ToArray();
    }

    public static byte[] PickleText(string text) => Bytes('X' + 0, U32(Encoding.UTF8.GetByteCount(text)), text);

    public static byte[] Int(long value) => Bytes('J' + 0, U32(value));

    public static byte[] Tuple(params byte[][] items)
        => Bytes([.. items.Prepend(Bytes('(' + 0)).Append(Bytes('t' + 0))]);

    public static byte[] Global(string module, string name) => Bytes('c' + 0, module, "\n", name, "\n");

    public static byte[] Storage(string key, long count, string type = "FloatStorage")
        => Bytes(Tuple(PickleText("storage"), Global("torch", type), PickleText(key), PickleText("cpu"), Int(count)),
            'Q' + 0);

    public static byte[] Tensor(byte[] storage, long offset, long[] shape, long[] strides) => Bytes(
        Global("torch._utils", "_rebuild_tensor_v2"),
        Tuple(storage, Int(offset), Tuple([.. shape.Select(Int)]), Tuple([.. strides.Select(Int)]), Bytes(0x89),
            EmptyDictionary), 'R' + 0);

    public static byte[] EmptyDictionary { get; } = Bytes(Global("collections", "OrderedDict"), ")R");

    public static byte[] State(params (string Name, byte[] Tensor)[] tensors)
        => Bytes(0x80, 2, "}(", Bytes([.. tensors.SelectMany(t => new[] { PickleText(t.Name), t.Tensor })]), "u.");

    /// <summary>A file of PyTorch with one storage of six floats.</summary>
    public static byte[] Torch(byte[] pickle) => Zip(
        new("m/data.pkl", pickle), new("m/byteorder", "little"u8.ToArray()), new("m/data/0", new byte[24]),
        new("m/version", "3\n"u8.ToArray()));

    public static byte[] TorchZip { get; } = Torch(State(
        ("a", Tensor(Storage("0", 6), 0, [2, 3], [3, 1])), ("b", Tensor(Storage("0", 6), 1, [2, 2], [1, 2]))));

    public static byte[] TorchLegacy { get; } = Bytes(
        0x80, 2, 0x8a, 10, Convert.FromHexString("6cfc9c46f9206aa85019"), ".", 0x80, 2, "M", U16(1001), ".",
        0x80, 2, "}", PickleText("little_endian"), 0x88, "s.",
        State(("a", Tensor(Storage("7", 6), 0, [2, 3], [3, 1])), ("b", Tensor(Storage("7", 6), 1, [2, 2], [1, 2]))),
        0x80, 2, "](", PickleText("7"), "e.", U64(6), new byte[24]);

    public static byte[] Map(params (string Key, byte[] Value)[] items)
        => Bytes(0x80 + items.Length, Bytes([.. items.SelectMany(i => new[] { Name(i.Key), i.Value })]));

    public static byte[] Name(string name) => Bytes(0xd9, Encoding.UTF8.GetByteCount(name), name);

    public static byte[] Array(byte[] shape, string type, byte[] data)
        => Extension(1, Bytes(0x93, shape, Name(type), 0xc5, Big16(data.Length), data));

    public static byte[] Extension(int kind, byte[] payload) => Bytes(0xc8, Big16(payload.Length), kind, payload);

    public static byte[] Flax { get; } = Map(
        ("encoder", Map(("q", Map(("kernel", Array(Bytes(0x92, 2, 3), "float32", new byte[24])))))),
        ("big", Map(("__msgpack_chunked_array__", Bytes(0xc3)), ("shape", Map(("0", Bytes(2)), ("1", Bytes(2)))),
            ("chunks", Map(("0", Array(Bytes(0x91, 3), "float32", new byte[12])),
                ("1", Array(Bytes(0x91, 1), "float32", new byte[4])))))));

    public static byte[] T5XIndex(string driver, string path, byte[]? extra = null) => Map(
        ("version", Bytes(3)), ("optimizer", Map(("target", Map(("token_embedder", Map(("embedding", Map(
            ("driver", Name("zarr")),
            ("kvstore", Bytes(extra is null ? 0x82 : 0x83, Name("driver"), Name(driver), Name("path"), Name(path),
                extra ?? [])))))))))));

    public const string Zarray =
        """{"chunks":[2,2],"compressor":{"id":"gzip","level":1},"dtype":"<f4","fill_value":null,"filters":null,"order":"C","shape":[3,3],"zarr_format":2}""";

    public static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(content);
        return bytes.ToArray();
    }

    /// <summary>
    /// A checkpoint of one array [3, 3] in four chunks of 2 x 2; each file can be replaced, or left out by null.
    /// </summary>
    public static string T5XFolder(Scratch scratch, params (string Name, byte[]? Content)[] changes)
    {
        var folder = scratch.Folder();
        var files = new Dictionary<string, byte[]?>
        {
            ["checkpoint"] = T5XIndex("file", "target.e/"),
            ["target.e/.zarray"] = Encoding.UTF8.GetBytes(Zarray),
        };
        foreach (var chunk in new[] { "0.0", "0.1", "1.0", "1.1" })
            files[$"target.e/{chunk}"] =
                Gzip([.. Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes((float)i))]);
        foreach (var (name, content) in changes)
            files[name] = content;
        Directory.CreateDirectory(Path.Combine(folder, "target.e"));
        foreach (var (name, content) in files)
        {
            if (content is not null)
                File.WriteAllBytes(Path.Combine(folder, name), content);
        }
        return folder;
    }

    /// <summary>Opens a file of any layout and reads what is in it.</summary>
    public static unsafe void ReadAll(TensorFile file)
    {
        using (file)
        {
            foreach (var tensor in file.Tensors.Where(tensor => tensor.ByteLength <= 1 << 20))
            {
                using var loan = tensor.Borrow();
                Crc32.HashToUInt32(new ReadOnlySpan<byte>(loan.Data, (int)tensor.ByteLength));
            }
            file.VerifyChecksums?.Invoke();
        }
    }

    public static TensorFile OpenSafetensors(string path)
    {
        var file = LongT5.Formats.Safetensors.Open(path);
        return new(path, [.. file.Tensors.Values], file.Memory);
    }

    public static TensorFile OpenTorch(string path) => TorchFile.Open(path);

    public static TensorFile OpenFlax(string path) => FlaxFile.Open(path);

    public static TensorFile OpenT5X(string path) => T5XCheckpoint.Open(path, "LocalSelfAttention");
}

/// <summary>A folder for the files of one test, gone with it.</summary>
sealed class Scratch : IDisposable
{
    private int _count;

    public string Root { get; } = Directory.CreateTempSubdirectory("longt5-").FullName;

    public string Folder() => Directory.CreateDirectory(Path.Combine(Root, $"{_count++}")).FullName;

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Root, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
