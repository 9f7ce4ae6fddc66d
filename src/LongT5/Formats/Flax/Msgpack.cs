using System.Buffers.Binary;
using System.Text;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>An array of a Flax file, where it lies.</summary>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Row-major extents.</param>
/// <param name="Start">The first byte, in the file.</param>
sealed record MsgpackArray(ElementType Type, long[] Shape, long Start);

/// <summary>
/// MessagePack as Flax and T5X write it: maps, lists, texts, numbers, and arrays as extension 1. Reads a file into a
/// tree that points to the arrays; nothing of them is copied. A loop with a stack of its own.
/// </summary>
sealed class Msgpack
{
    private const int MostValues = 1_000_000;
    private const int DeepestNesting = 32;
    private const int LongestText = 4096;
    private const int HighestRank = 8;

    private readonly MappedFile _file;
    private long _at;

    private Msgpack(MappedFile file) => _file = file;

    /// <summary>Reads the one value of a file.</summary>
    /// <returns>
    /// null, bool, long, double, string, <see cref="MsgpackArray"/>, List (a
    /// list) or OrderedDictionary (a map, by text).
    /// </returns>
    /// <exception cref="BadFileException">Not MessagePack, or with anything in it
    /// that a checkpoint has no use for.</exception>
    public static object? Read(MappedFile file)
    {
        var reader = new Msgpack(file);
        var value = reader.ReadTree();
        return reader._at == file.Length
            ? value
            : throw reader.Bad($"{file.Length - reader._at} bytes follow the end; none may.");
    }

    /// <summary>A container that still waits for values; a map's key comes first.</summary>
    private sealed class Frame(object container, long remaining)
    {
        public object Container { get; } = container;
        public long Remaining { get; set; } = remaining;
        public string? Key { get; set; }
    }

    private object? ReadTree()
    {
        var open = new Stack<Frame>();
        for (var count = 0; count < MostValues; count++)
        {
            var value = ReadValue(out var children);
            if (children > 0)
            {
                if (open.Count == DeepestNesting)
                    throw Bad($"it is nested deeper than {DeepestNesting} levels.");
                open.Push(new(value!, children));
                continue;
            }
            // A finished value goes into its container, which may be finished by that, and so on.
            while (true)
            {
                if (!open.TryPeek(out var frame))
                    return value;
                Put(frame, value);
                if (frame.Remaining > 0)
                    break;
                value = open.Pop().Container;
            }
        }
        throw Bad($"it has more than {MostValues} values.");
    }

    private void Put(Frame frame, object? value)
    {
        if (frame.Container is List<object?> list)
        {
            list.Add(value);
        }
        else if (frame.Key is null)
        {
            frame.Key = value as string ?? throw Bad("the key of a map is no text.");
            return;
        }
        else
        {
            if (!((OrderedDictionary<string, object?>)frame.Container).TryAdd(frame.Key, value))
                throw Bad($"the key {frame.Key} stands in a map twice.");
            frame.Key = null;
        }
        frame.Remaining--;
    }

    /// <param name="children">Values that follow and belong into this one; pairs count once.</param>
    private object? ReadValue(out long children)
    {
        children = 0;
        var code = Byte();
        return code switch
        {
            <= 0x7f => (long)code,
            <= 0x8f => Map(code & 0x0f, out children),
            <= 0x9f => List(code & 0x0f, out children),
            <= 0xbf => Text(code & 0x1f),
            0xc0 => null,
            0xc2 or 0xc3 => code == 0xc3,
            0xca => (double)BinaryPrimitives.ReadSingleBigEndian(Take(4)),
            0xcb => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            0xcc => (long)Byte(),
            0xcd => (long)BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            0xce => (long)BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            0xcf => BinaryPrimitives.ReadUInt64BigEndian(Take(8)) is var large and <= long.MaxValue
                                ? (long)large
                                : throw Bad("a whole number beyond 2^63."),
            0xd0 => (long)(sbyte)Byte(),
            0xd1 => (long)BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            0xd2 => (long)BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            0xd4 or 0xd5 or 0xd6 or 0xd7 or 0xd8 => Extension(1 << (code - 0xd4)),
            0xc7 or 0xc8 or 0xc9 => Extension(Length(code - 0xc7)),
            0xd9 or 0xda or 0xdb => Text(Length(code - 0xd9)),
            0xdc or 0xdd => List(Length(code - 0xdb), out children),
            0xde or 0xdf => Map(Length(code - 0xdd), out children),
            >= 0xe0 => (long)(sbyte)code,
            _ => throw Bad($"a value of kind {code:x2}, which a checkpoint has no use for."),
        };
    }

    private static OrderedDictionary<string, object?> Map(long count, out long children)
    {
        children = count;
        return [];
    }

    private static List<object?> List(long count, out long children)
    {
        children = count;
        return [];
    }

    /// <summary>Extensions 1 (array) and 3 (a number of numpy's): [shape, type, bytes], in MessagePack again.</summary>
    private MsgpackArray Extension(long length)
    {
        var kind = Byte();
        if (kind is not (1 or 3))
            throw Bad($"an extension of kind {kind}; arrays are of kind 1.");
        var end = length <= _file.Length - _at
            ? _at + length
            : throw Bad($"an array of {length} bytes, of which {_file.Length - _at} are there; the file is cut short.");
        if (Byte() != 0x93 || ReadValue(out var rank) is not List<object?> || rank > HighestRank)
            throw Bad("an array does not start with its shape.");
        var shape = new long[rank];
        for (var i = 0; i < rank; i++)
            shape[i] = ReadValue(out _) is long and >= 0 and var extent
                ? extent : throw Bad("an extent is no number, or negative.");
        var name = ReadValue(out _) as string;
        var type = ElementTypeNamed(name) ?? throw Bad($"an array of type {name}, which is not read here.");

        var kindOfBytes = Byte();
        var bytes = kindOfBytes is 0xc4 or 0xc5 or 0xc6
            ? Length(kindOfBytes - 0xc4) : throw Bad("an array without bytes.");
        var start = _at;
        var wanted = (Int128)type.Size();
        foreach (var extent in shape)
            wanted = Int128.Min(wanted * extent, long.MaxValue);
        if (wanted != bytes || bytes != end - start)
            throw Bad(
                $"an array [{string.Join(", ", shape)}] of {name} has {bytes} bytes in {end - start}, not {wanted}.");
        _at = end;
        return new(type, shape, start);
    }

    /// <summary>numpy's names.</summary>
    public static ElementType? ElementTypeNamed(string? name) => name switch
    {
        "float32" => ElementType.F32,
        "bfloat16" => ElementType.BF16,
        "float16" => ElementType.F16,
        "float64" => ElementType.F64,
        "int64" => ElementType.I64,
        "int32" => ElementType.I32,
        "int16" => ElementType.I16,
        "int8" => ElementType.I8,
        "uint8" => ElementType.U8,
        "bool" => ElementType.Bool,
        _ => null,
    };

    private string Text(long length)
        => length <= LongestText
            ? Encoding.UTF8.GetString(Take((int)length))
            : throw Bad($"a text of {length} bytes; {LongestText} are allowed.");

    /// <summary>A length of 1, 2 or 4 bytes.</summary>
    private long Length(int width) => width switch
    {
        0 => Byte(),
        1 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        _ => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
    };

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _file.Length - _at)
            throw Bad($"{count} bytes were expected, {_file.Length - _at} are left; the file is cut short.");
        _at += count;
        return _file.Bytes(_at - count, count);
    }

    private BadFileException Bad(string problem) => new(_file.Path, "the MessagePack cannot be read: " + problem, _at);
}
