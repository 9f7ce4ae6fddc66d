using System.Text;
using LongT5.Formats;
using static LongT5.Tests.Formats.TinyFiles;

namespace LongT5.Tests.Formats;

/// <summary>Files that lie: each is refused by name of the fault, before anything is done that it asks for.</summary>
public sealed class HostileFilesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_honest_files_that_the_others_are_made_from_open()
    {
        Open(TinyFiles.Safetensors, OpenSafetensors);
        Open(TorchZip, TinyFiles.OpenTorch);
        Open(TorchLegacy, TinyFiles.OpenTorch);
        Open(TinyFiles.Flax, TinyFiles.OpenFlax);
        ReadAll(OpenT5X(Path.Combine(T5XFolder(_scratch), "checkpoint")));
    }

    public static TheoryData<string, byte[]> SafetensorsFiles()
    {
        const string Good = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        static string Entry(string dtype = "\"F32\"", string shape = "[2]", string offsets = "[0,8]")
            => "{\"a\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
        var eight = new byte[8];
        return new()
        {
            { "empty", [] },
            { "one byte", [1] },
            { "nine bytes", new byte[9] },
            { "length 2^63", Bytes(U64(1UL << 63), "{}") },
            { "length 2^64-1", Bytes(U64(ulong.MaxValue), "{}") },
            { "length beyond the limit", Bytes(U64(100_000_001), "{}") },
            { "length beyond the file", Bytes(U64(3), "{}") },
            { "no JSON", SafetensorsOf("<xml>", []) },
            { "an array", SafetensorsOf("[]", []) },
            { "JSON cut short", SafetensorsOf("{" + Good, eight) },
            { "JSON twice", SafetensorsOf("{}{}", []) },
            { "a comment", SafetensorsOf("{/*x*/" + Good + "}", eight) },
            { "a name twice", SafetensorsOf("{" + Good + "," + Good.Replace("0,8", "8,16") + "}", new byte[16]) },
            { "a name twice, once escaped",
                SafetensorsOf("{" + Good + "," + Good.Replace("\"a\"", "\"\\u0061\"").Replace("0,8", "8,16") + "}",
                    new byte[16]) },
            { "overlap", SafetensorsOf("{" + Good + "," + Good.Replace("\"a\"", "\"b\"").Replace("0,8", "4,12") + "}",
                new byte[12]) },
            { "same bytes twice", SafetensorsOf("{" + Good + "," + Good.Replace("\"a\"", "\"b\"") + "}", eight) },
            { "hole", SafetensorsOf(Entry(offsets: "[4,12]"), new byte[12]) },
            { "bytes behind the end", SafetensorsOf(Entry(), new byte[9]) },
            { "bytes missing", SafetensorsOf(Entry(), new byte[7]) },
            { "end before start", SafetensorsOf(Entry(offsets: "[8,0]"), eight) },
            { "negative offset", SafetensorsOf(Entry(offsets: "[-8,0]"), eight) },
            { "offset 2^63", SafetensorsOf(Entry(offsets: "[0,9223372036854775808]"), eight) },
            { "one offset", SafetensorsOf(Entry(offsets: "[0]"), eight) },
            { "three offsets", SafetensorsOf(Entry(offsets: "[0,8,8]"), eight) },
            { "product that wraps", SafetensorsOf(Entry(shape: "[4194305,4194305,211106198978564]"), eight) },
            { "negative extent", SafetensorsOf(Entry(shape: "[-2]"), eight) },
            { "extent 2.5", SafetensorsOf(Entry(shape: "[2.5]"), eight) },
            { "extent 1e400", SafetensorsOf(Entry(shape: "[1e400]"), eight) },
            { "extent as text", SafetensorsOf(Entry(shape: "[\"2\"]"), eight) },
            { "rank 9", SafetensorsOf(Entry(shape: "[1,1,1,1,1,1,1,1,2]"), eight) },
            { "deep nesting", SafetensorsOf(Entry(shape: new string('[', 100_000)), eight) },
            { "size and type disagree", SafetensorsOf(Entry(dtype: "\"F64\""), eight) },
            { "unknown type", SafetensorsOf(Entry(dtype: "\"F8_E4M3\""), eight) },
            { "type as number", SafetensorsOf(Entry(dtype: "32"), eight) },
            { "no type", SafetensorsOf("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", eight) },
            { "type twice",
                SafetensorsOf("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", eight) },
            { "places twice", SafetensorsOf(Entry(offsets: "[0,8],\"data_offsets\":[0,8]"), eight) },
            { "a further field",
                SafetensorsOf("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", eight) },
            { "metadata of numbers", SafetensorsOf("""{"__metadata__":{"a":1}}""", []) },
            { "half a character", SafetensorsOf("{" + Good.Replace("\"a\"", "\"\\ud800\"") + "}", eight) },
            { "bytes that are no UTF-8", Bytes(U64((ulong)Good.Length + 3), "{\"", 0xff, Good[1..], "}", eight) },
            { "control characters", SafetensorsOf("{" + Good.Replace("\"a\"", "\"\\u001b[2J\"") + "}", eight) },
            { "a very long name",
                SafetensorsOf("{" + Good.Replace("\"a\"", $"\"{new string('a', 1025)}\"") + "}", eight) },
            { "nothing at a place of its own",
                SafetensorsOf("{" + Good + """,  "z":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", eight) },
        };
    }

    [Theory, MemberData(nameof(SafetensorsFiles))]
    public void Safetensors_that_lie_are_refused(string fault, byte[] file) => Refused(fault, file, OpenSafetensors);

    public static TheoryData<string, byte[]> Pickles()
    {
        byte[] Whole(params object[] parts) => Bytes(0x80, 2, Bytes(parts), ".");
        byte[] Good(long offset = 0, long[]? shape = null, long[]? strides = null, long count = 6, string key = "0",
            string type = "FloatStorage")
            => State(("a", Tensor(Storage(key, count, type), offset, shape ?? [2, 3], strides ?? [3, 1])));
        return new()
        {
            { "empty", [] },
            { "os.system", Whole(Global("os", "system"), PickleText("true"), 0x85, "R") },
            { "posix.system", Whole(Global("posix", "system"), PickleText("true"), 0x85, "R") },
            { "builtins.eval", Whole(Global("builtins", "eval"), PickleText("1"), 0x85, "R") },
            { "builtins.getattr", Whole(Global("builtins", "getattr"), PickleText("x"), 0x85, "R") },
            { "torch.load", Whole(Global("torch", "load")) },
            { "a near name", Whole(Global("torch._utils", "_rebuild_tensor_v2.__globals__")) },
            { "a name from the stack", Whole(PickleText("os"), PickleText("system"), 0x93) },
            { "a name of numbers", Whole(Int(1), Int(2), 0x93) },
            { "INST", Whole("(", "ios\nsystem\n") },
            { "OBJ", Whole("(", Global("collections", "OrderedDict"), "o") },
            { "NEWOBJ", Whole(Global("collections", "OrderedDict"), ")", 0x81) },
            { "EXT1", Whole(0x82, 1) },
            { "PERSID", Whole("Pfile\n") },
            { "NEXT_BUFFER", Whole(0x97) },
            { "BYTEARRAY8", Whole(0x96, U64(ulong.MaxValue)) },
            { "calls a text", Whole(PickleText("x"), ")R") },
            { "calls a storage type", Whole(Global("torch", "FloatStorage"), ")R") },
            { "calls without arguments", Whole(Global("collections", "OrderedDict"), "NR") },
            { "OrderedDict of something", Whole(Global("collections", "OrderedDict"), Int(1), 0x85, "R") },
            { "state for a tensor", Whole(Tensor(Storage("0", 6), 0, [6], [1]), "}b") },
            { "items for a list", Whole("]", PickleText("a"), Int(1), "s") },
            { "items that do not pair", Whole("}(", PickleText("a"), "u") },
            { "values for a dictionary", Whole("}", Int(1), "a") },
            { "recalls nothing", Whole("h", 7) },
            { "remembers nothing", Whole("q", 0) },
            { "takes from nothing", Whole("R") },
            { "takes across a mark", Whole("]", "(", "a") },
            { "no mark", Whole("t") },
            { "no end", Bytes(0x80, 2, "}") },
            { "two values", Whole("}}") },
            { "protocol 9", Bytes(0x80, 9, "}.") },
            { "a million marks", Whole(new string('(', 1_000_001)) },
            { "a text of 4 GB", Whole("X", U32(uint.MaxValue)) },
            { "a name without end", Whole("c", new string('a', 300)) },
            { "a list", Whole("]") },
            { "a value that is no tensor", Whole("}", PickleText("a"), Int(1), "s") },
            { "a key that is no text", Whole("}", Int(1), Tensor(Storage("0", 6), 0, [6], [1]), "s") },
            { "a storage that is none", Whole(PickleText("0"), "Q") },
            { "a storage by another name",
                Whole(Tuple(PickleText("module"), Global("torch", "FloatStorage"), PickleText("0"), PickleText("cpu"),
                    Int(6)), "Q") },
            { "a storage of no type", Good(type: "Size") },
            { "a storage of -1", Good(count: -1) },
            { "a storage that is missing", Good(key: "1") },
            { "a storage that leaves the folder", Good(key: "../version") },
            { "a storage larger than its entry", Good(count: 7) },
            { "a storage of another type", Good(type: "DoubleStorage") },
            { "an offset of -1", Good(offset: -1) },
            { "a view past the end", Good(offset: 1) },
            { "a stride past the end", Good(strides: [4, 1]) },
            { "a negative stride", Good(strides: [-3, 1]) },
            { "a negative extent", Good(shape: [-2, 3]) },
            { "much from little", Good(shape: [int.MaxValue, int.MaxValue], strides: [0, 0]) },
            { "extents without strides", Good(shape: [2, 3, 1]) },
        };
    }

    [Theory, MemberData(nameof(Pickles))]
    public void Pickles_that_want_more_than_tensors_are_refused(string fault, byte[] pickle)
        => Refused(fault, Torch(pickle), TinyFiles.OpenTorch);

    [Fact]
    public void Every_opcode_but_those_of_a_state_dictionary_is_refused()
    {
        var known = Bytes(0x80, 0x95, ".(N", 0x88, 0x89, "KMJ", 0x8a, "G", 0x8c, "XU)t", 0x85, 0x86, 0x87, "]ae}suqr",
            0x94, "hjc", 0x93, "QRb");
        foreach (var opcode in Enumerable.Range(0, 256).Except(known.Select(b => (int)b)))
        {
            var problem = Record.Exception(() => Open(Torch(Bytes(0x80, 2, opcode, "}.")), TinyFiles.OpenTorch))
                as BadFileException;
            Assert.Contains($"opcode {opcode:x2} has no place", problem?.Message ?? "it opened",
                StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, byte[]> Zips()
    {
        var pickle = State(("a", Tensor(Storage("0", 6), 0, [6], [1])));
        Entry main = new("m/data.pkl", pickle), storage = new("m/data/0", new byte[24]);
        byte[] With(Func<Entry, Entry> change) => Zip(main, change(storage));
        return new()
        {
            { "nothing but the magic", Bytes("PK\x03\x04") },
            { "cut before the directory", Zip(main, storage)[..^40] },
            { "two pickles", Zip(main, main with { Name = "n/data.pkl" }, storage) },
            { "no pickle", Zip(storage) },
            { "a name twice", Zip(main, storage, storage) },
            { "compressed", With(s => s with { Method = 8 }) },
            { "encrypted", With(s => s with { Flags = 1 }) },
            { "on another disk", With(s => s with { Disk = 2 }) },
            { "larger than it is", With(s => s with { Size = 25, LocalSize = 25 }) },
            { "size of 4 GB", With(s => s with { Size = uint.MaxValue - 1 }) },
            { "64-bit size without the field", With(s => s with { Size = uint.MaxValue }) },
            { "64-bit size of 2^63",
                With(s => s with { Size = uint.MaxValue,
                    Extra = Bytes(U16(1), U16(16), U64(1UL << 63), U64(1UL << 63)) }) },
            { "64-bit size of 2^62",
                With(
                    s => s with { Size = uint.MaxValue,
                        Extra = Bytes(U16(1), U16(16), U64(1UL << 62), U64(1UL << 62)) }) },
            { "an extra field past the entry", With(s => s with { Extra = Bytes(U16(1), U16(500)) }) },
            { "header and directory of two sizes", With(s => s with { LocalSize = 20 }) },
            { "header and directory of two names", With(s => s with { LocalName = "m/data/1" }) },
            { "an offset into another entry", With(s => s with { Offset = 4 }) },
            { "an offset past the end", With(s => s with { Offset = 100_000 }) },
            { "an entry within another", Zip(main, new("m/x", Zip(storage)),
                storage with { Offset = 30 + 10 + pickle.Length + 30 + 3 }) },
            { "a wrong checksum of the pickle", Zip(main with { Crc = 1 }, storage) },
            { "more entries than there are", Zip([main, storage], 3, null, null, "") },
            { "fewer entries than there are", Zip([main, storage], 1, null, null, "") },
            { "a directory elsewhere", Zip([main, storage], null, 10, null, "") },
            { "a directory past the end", Zip([main, storage], null, uint.MaxValue - 1, null, "") },
            { "a directory that is too long", Zip([main, storage], null, null, 10_000, "") },
            { "bytes behind the end", Bytes(Zip(main, storage), "x") },
            { "control characters in a name", Zip(main, storage, new Entry("m/\u001b[2J", [])) },
            { "big-endian", Zip(main, storage, new Entry("m/byteorder", "big"u8.ToArray())) },
        };
    }

    [Theory, MemberData(nameof(Zips))]
    public void Zips_that_two_readers_could_read_differently_are_refused(string fault, byte[] file)
        => Refused(fault, file, TinyFiles.OpenTorch);

    [Fact]
    public void A_flipped_bit_in_a_storage_is_found_by_verifying()
    {
        var file = TorchZip.ToArray();
        file[file.AsSpan().IndexOf("m/data/0"u8) + 8] ^= 1;
        Refused("flipped bit", file, TinyFiles.OpenTorch);
    }

    public static TheoryData<string, byte[]> LegacyPickles()
    {
        var head = Bytes(0x80, 2, 0x8a, 10, Convert.FromHexString("6cfc9c46f9206aa85019"), ".", 0x80, 2, "M", U16(1001),
            ".", 0x80, 2, "}.");
        var state = State(("a", Tensor(Storage("7", 6), 0, [2, 3], [3, 1])));
        var keys = Bytes(0x80, 2, "](", PickleText("7"), "e.");
        return new()
        {
            { "another magic", Bytes(0x80, 2, 0x8a, 2, 1, 2, ".") },
            { "another protocol", Bytes(head[..15], 0x80, 2, "M", U16(1002), ".") },
            { "big-endian", Bytes(head[..^4], 0x80, 2, "}", PickleText("little_endian"), 0x89, "s.", state, keys,
                U64(6), new byte[24]) },
            { "no keys", Bytes(head, state) },
            { "keys that are no list", Bytes(head, state, 0x80, 2, "}.") },
            { "a key that is no text", Bytes(head, state, 0x80, 2, "](", Int(7), "e.", U64(6), new byte[24]) },
            { "a storage of nobody", Bytes(head, state, 0x80, 2, "](", PickleText("8"), "e.", U64(6), new byte[24]) },
            { "a storage twice", Bytes(head, state, 0x80, 2, "](", PickleText("7"), PickleText("7"), "e.", U64(6),
                new byte[24], U64(6), new byte[24]) },
            { "no storage", Bytes(head, state, 0x80, 2, "].") },
            { "another count", Bytes(head, state, keys, U64(5), new byte[24]) },
            { "a count of 2^63", Bytes(head, state, keys, U64(1UL << 63), new byte[24]) },
            { "numbers missing", Bytes(head, state, keys, U64(6), new byte[23]) },
            { "bytes behind the end", Bytes(head, state, keys, U64(6), new byte[25]) },
            { "one storage of two types", Bytes(head, State(("a", Tensor(Storage("7", 6), 0, [6], [1])),
                ("b", Tensor(Storage("7", 6, "IntStorage"), 0, [6], [1]))), keys, U64(6), new byte[24]) },
            { "a view outside its storage",
                Bytes(head,
                    State(
                        ("a",
                            Tensor(Bytes(Tuple(PickleText("storage"), Global("torch", "FloatStorage"), PickleText("7"),
                PickleText("cpu"), Int(6), Tuple(PickleText("v"), Int(4), Int(4))), "Q"), 0, [2], [1]))), keys, U64(6),
                new byte[24]) },
        };
    }

    [Theory, MemberData(nameof(LegacyPickles))]
    public void Old_PyTorch_files_that_lie_are_refused(string fault, byte[] file)
        => Refused(fault, file, TinyFiles.OpenTorch);

    public static TheoryData<string, byte[]> FlaxFiles()
    {
        byte[] Leaf(byte[] value) => Map(("a", value));
        byte[] Chunked(byte[] shape, byte[] chunks)
            => Leaf(Map(("__msgpack_chunked_array__", Bytes(0xc3)), ("shape", shape), ("chunks", chunks)));
        var four = Array(Bytes(0x91, 1), "float32", new byte[4]);
        return new()
        {
            { "empty", [] },
            { "a number", Bytes(1) },
            { "a list", Bytes(0x90) },
            { "a leaf that is a number", Leaf(Bytes(1)) },
            { "a leaf that is a text", Leaf(Name("x")) },
            { "a map of 4 G entries", Bytes(0xdf, Big32(uint.MaxValue)) },
            { "a list of 4 G entries", Leaf(Bytes(0xdd, Big32(uint.MaxValue))) },
            { "a text of 4 GB", Leaf(Bytes(0xdb, Big32(uint.MaxValue))) },
            { "an extension of 4 GB", Leaf(Bytes(0xc9, Big32(uint.MaxValue), 1, 0x93)) },
            { "bytes outside an array", Leaf(Bytes(0xc4, 1, 0)) },
            { "the kind that is never used", Leaf(Bytes(0xc1)) },
            { "a complex number", Leaf(Extension(2, Bytes(0x92, 0, 0))) },
            { "an extension of kind 5", Leaf(Extension(5, Bytes(0))) },
            { "objects (a pickle)", Leaf(Array(Bytes(0x91, 1), "object", new byte[8])) },
            { "a type that is a number", Leaf(Extension(1, Bytes(0x93, Bytes(0x91, 1), 7, 0xc4, 4, new byte[4]))) },
            { "too few bytes", Leaf(Array(Bytes(0x91, 2), "float32", new byte[4])) },
            { "too many bytes", Leaf(Array(Bytes(0x91, 1), "float32", new byte[8])) },
            { "a product that wraps",
                Leaf(Array(Bytes(0x92, 0xcf, Big32(1 << 30), Big32(0), 0xcf, Big32(1 << 30), Big32(0)),
                    "float32", [])) },
            { "a negative extent", Leaf(Array(Bytes(0x91, 0xff), "float32", new byte[4])) },
            { "rank 9", Leaf(Array(Bytes(0x99, 1, 1, 1, 1, 1, 1, 1, 1, 1), "float32", new byte[4])) },
            { "bytes longer than their extension",
                Leaf(Bytes(0xc7, 10, 1, 0x93, 0x91, 1, 0xa7, "float32", 0xc4, 4, new byte[4])) },
            { "a key that is a number", Bytes(0x81, 1, four) },
            { "a key twice", Map(("a", four), ("a", four)) },
            { "bytes behind the end", Bytes(Leaf(four), 0) },
            { "deep nesting", Bytes([.. Enumerable.Repeat(0x91, 100_000).Cast<object>()]) },
            { "deep maps", Bytes([.. Enumerable.Repeat<object>(Bytes(0x81, Name("a")), 50), four]) },
            { "chunks that are too few", Chunked(Map(("0", Bytes(2))), Map(("0", four))) },
            { "chunks that are too many", Chunked(Map(("0", Bytes(1))), Map(("0", four), ("1", four))) },
            { "chunks out of order", Chunked(Map(("0", Bytes(2))), Map(("1", four), ("0", four))) },
            { "chunks of two types",
                Chunked(Map(("0", Bytes(2))), Map(("0", four), ("1", Array(Bytes(0x91, 1), "int32", new byte[4])))) },
            { "chunks that are none", Chunked(Map(("0", Bytes(1))), Map(("0", Bytes(1)))) },
            { "no chunks", Chunked(Map(("0", Bytes(0))), Bytes(0x80)) },
        };
    }

    [Theory, MemberData(nameof(FlaxFiles))]
    public void MessagePack_that_lies_is_refused(string fault, byte[] file) => Refused(fault, file, TinyFiles.OpenFlax);

    public static TheoryData<string, string, byte[]?> T5XFiles()
    {
        var chunk = Gzip([.. Enumerable.Range(0, 16).Select(i => (byte)(i * 37))]);
        byte[] Zarr(string old, string now)
            => Encoding.UTF8.GetBytes(Zarray.Replace(old, now, StringComparison.Ordinal));
        byte[] Flip(int at)
        {
            var copy = chunk.ToArray();
            copy[at < 0 ? copy.Length + at : at] ^= 1;
            return copy;
        }
        const string Array = "target.e/.zarray";
        return new()
        {
            { "a later version", "checkpoint", Map(("version", Bytes(4)), ("optimizer", Map(("target", Map())))) },
            { "no target", "checkpoint", Map(("version", Bytes(3))) },
            { "a leaf that is a number", "checkpoint", Map(("target", Map(("a", Bytes(1))))) },
            { "another driver of arrays", "checkpoint", Map(("target", Map(("a", Map(("driver", Name("n5"))))))) },
            { "a store on the net", "checkpoint", T5XIndex("http", "target.e/") },
            { "a bucket that is real", "checkpoint",
                T5XIndex("gcs", "target.e/", Bytes(Name("bucket"), Name("t5-data"))) },
            { "a path upwards", "checkpoint", T5XIndex("file", "../target.e/") },
            { "a path from the root", "checkpoint", T5XIndex("file", "/etc") },
            { "a path of Windows", "checkpoint", T5XIndex("file", "..\\target.e") },
            { "a drive", "checkpoint", T5XIndex("file", "C:target.e") },
            { "the folder itself", "checkpoint", T5XIndex("file", "./") },
            { "an array that is missing", "checkpoint", T5XIndex("file", "target.f/") },
            { "no .zarray", Array, null },
            { ".zarray that is no JSON", Array, Bytes("x") },
            { "version 3 of zarr", Array, Zarr("\"zarr_format\":2", "\"zarr_format\":3") },
            { "columns first", Array, Zarr("\"C\"", "\"F\"") },
            { "filters", Array, Zarr("\"filters\":null", "\"filters\":[{\"id\":\"delta\"}]") },
            { "blosc", Array, Zarr("gzip", "blosc") },
            { "objects", Array, Zarr("<f4", "|O") },
            { "big-endian", Array, Zarr("<f4", ">f4") },
            { "chunks of 0", Array, Zarr("\"chunks\":[2,2]", "\"chunks\":[0,2]") },
            { "chunks of another rank", Array, Zarr("\"chunks\":[2,2]", "\"chunks\":[2]") },
            { "chunks of 2^62", Array,
                Zarr("\"chunks\":[2,2]", "\"chunks\":[4611686018427387904,4611686018427387904]") },
            { "chunks larger than gzip can make", Array, Zarr("\"chunks\":[2,2]", "\"chunks\":[20000,20000]") },
            { "a shape of rank 3", Array, Zarr("[3,3]", "[3,3,3]") },
            { "a negative shape", Array, Zarr("[3,3]", "[-3,3]") },
            { "a shape of 2^62", Array, Zarr("[3,3]", "[4611686018427387904,4611686018427387904]") },
            { "another separator", Array, Zarr("{\"chunks\"", "{\"dimension_separator\":\"/../\",\"chunks\"") },
            { "a chunk that is missing", "target.e/1.1", null },
            { "an empty chunk", "target.e/1.1", [] },
            { "a chunk that is no gzip", "target.e/1.1", new byte[40] },
            { "a chunk without its checksum", "target.e/1.1", chunk[..^8] },
            { "a chunk that is cut short", "target.e/1.1", chunk[..^10] },
            { "a chunk with too much", "target.e/1.1", Gzip(new byte[17]) },
            { "a chunk with too little", "target.e/1.1", Gzip(new byte[15]) },
            { "a bomb", "target.e/1.1", Gzip(new byte[10_000_000]) },
            { "a wrong checksum", "target.e/1.1", Flip(-8) },
            { "a wrong length", "target.e/1.1", Flip(-1) },
            { "bytes behind the chunk", "target.e/1.1", Bytes(chunk, "x") },
        };
    }

    [Theory, MemberData(nameof(T5XFiles))]
    public void T5X_checkpoints_that_lie_are_refused(string fault, string file, byte[]? content)
    {
        var folder = T5XFolder(_scratch, (file, content));
        Assert.True(Record.Exception(() => ReadAll(OpenT5X(Path.Combine(folder, "checkpoint")))) is BadFileException,
            fault);
    }

    [Fact]
    public void A_separator_that_leads_out_of_the_folder_is_refused_before_a_file_is_looked_for()
        => Assert.Contains("dimension_separator", Assert.Throws<BadFileException>(() => ReadAll(OpenT5X(Path.Combine(
            T5XFolder(_scratch, ("target.e/.zarray", Encoding.UTF8.GetBytes(Zarray.Replace("{\"chunks\"",
                "{\"dimension_separator\":\"/../\",\"chunks\"", StringComparison.Ordinal)))), "checkpoint")))).Message,
            StringComparison.Ordinal);

    private void Refused(string fault, byte[] file, Func<string, TensorFile> open)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Record.Exception(() => Open(file, open));
        Assert.True(problem is BadFileException, $"{fault}: {problem?.ToString() ?? "it opened"}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    private void Open(byte[] file, Func<string, TensorFile> open) => ReadAll(open(_scratch.Write("file", file)));
}
