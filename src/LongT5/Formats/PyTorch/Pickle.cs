using System.Buffers.Binary;
using System.Text;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>What a pickle may name: nothing else is known, and nothing is ever looked up or called.</summary>
enum PickleGlobal
{
    OrderedDict,
    Set,
    NumberType,
    RebuildTensor,
    RebuildParameter,
    Size,
    FloatStorage,
    HalfStorage,
    BFloat16Storage,
    DoubleStorage,
    LongStorage,
    IntStorage,
    ShortStorage,
    CharStorage,
    ByteStorage,
    BoolStorage,
}

/// <summary>A dictionary of a pickle, in its order.</summary>
sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Items { get; } = [];
}

/// <summary>A tensor's numbers, by the key under which the file has them.</summary>
/// <param name="Key">The name of the storage.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Count">How many it has.</param>
/// <param name="ViewOffset">In old files: where this part of the storage starts, in elements.</param>
sealed record PickleStorage(string Key, ElementType Type, long Count, long ViewOffset);

/// <summary>A tensor as a pickle describes it: a strided view of a storage.</summary>
sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>
/// Reads the pickles of PyTorch's state dictionaries into inert records. A loop over opcodes with a stack of its own:
/// there is no instruction that could run, import or build anything, and whatever is not on the list is an error.
/// </summary>
ref struct Pickle
{
    /// <summary>
    /// Some 30 serve one tensor; the bound is on memory too, since an opcode makes one value at most.
    /// </summary>
    private const int MostOpcodes = 1_000_000;
    private const int LongestText = 4096;

    private static readonly object Mark = new();

    private readonly string _path;
    private readonly long _origin;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at;

    private Pickle(string path, long origin, ReadOnlySpan<byte> bytes)
    {
        (_path, _origin) = (path, origin);
        _bytes = bytes;
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="origin">Where in the file the bytes start, for messages.</param>
    /// <param name="bytes">The pickle, and perhaps more.</param>
    /// <param name="consumed">How many bytes it took.</param>
    /// <returns>
    /// null, bool, long, double, string, object?[] (a tuple), List (a list), or one of the records of this file.
    /// </returns>
    /// <exception cref="BadFileException">Not a pickle, or one with anything in it that a
    /// state dictionary has no use for.</exception>
    public static object? Read(string path, long origin, ReadOnlySpan<byte> bytes, out int consumed)
    {
        var pickle = new Pickle(path, origin, bytes);
        var value = pickle.Run();
        consumed = pickle._at;
        return value;
    }

    private object? Run()
    {
        for (var count = 0; count < MostOpcodes; count++)
        {
            var opcode = Take(1)[0];
            switch (opcode)
            {
                case 0x80: // PROTO
                    if (Take(1)[0] is var protocol and > 5)
                        throw Bad($"pickle protocol {protocol} is not known; 0 to 5 are.");
                    break;
                case 0x95: // FRAME
                    Take(8);
                    break;
                case (byte)'.': // STOP
                    return _stack.Count == 1
                        ? Pop() : throw Bad($"the pickle ends with {_stack.Count} values, not one.");

                case (byte)'(':
                    Push(Mark);
                    break;
                case (byte)'N':
                    Push(null);
                    break;
                case 0x88: // NEWTRUE
                    Push(true);
                    break;
                case 0x89: // NEWFALSE
                    Push(false);
                    break;
                case (byte)'K': // BININT1
                    Push((long)Take(1)[0]);
                    break;
                case (byte)'M': // BININT2
                    Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                    break;
                case (byte)'J': // BININT
                    Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                    break;
                case 0x8a: // LONG1
                    Push(Long(Take(Take(1)[0])));
                    break;
                case (byte)'G': // BINFLOAT
                    Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                    break;
                case 0x8c: // SHORT_BINUNICODE
                    Push(Text(Take(1)[0]));
                    break;
                case (byte)'X': // BINUNICODE
                    Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                    break;
                case (byte)'U': // SHORT_BINSTRING
                    Push(Text(Take(1)[0]));
                    break;

                case (byte)')':
                    Push(Array.Empty<object?>());
                    break;
                case (byte)'t':
                    Push(PopToMark());
                    break;
                case 0x85 or 0x86 or 0x87: // TUPLE1, TUPLE2, TUPLE3
                    Push(PopMany(opcode - 0x84));
                    break;
                case (byte)']':
                    Push(new List<object?>());
                    break;
                case (byte)'a':
                    Append(PopMany(1));
                    break;
                case (byte)'e':
                    Append(PopToMark());
                    break;
                case (byte)'}':
                    Push(new PickleDictionary());
                    break;
                case (byte)'s':
                    SetItems(PopMany(2));
                    break;
                case (byte)'u':
                    SetItems(PopToMark());
                    break;

                case (byte)'q': // BINPUT
                    Remember(Take(1)[0]);
                    break;
                case (byte)'r': // LONG_BINPUT
                    Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                    break;
                case 0x94: // MEMOIZE
                    Remember(_memo.Count);
                    break;
                case (byte)'h': // BINGET
                    Recall(Take(1)[0]);
                    break;
                case (byte)'j': // LONG_BINGET
                    Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                    break;

                case (byte)'c': // GLOBAL
                    Push(Global(Line(), Line()));
                    break;
                case 0x93: // STACK_GLOBAL
                    Push(PopMany(2) is [string module, string name]
                        ? Global(module, name) : throw Bad("a name that is no text."));
                    break;
                case (byte)'Q': // BINPERSID
                    Push(Storage(Pop()));
                    break;
                case (byte)'R': // REDUCE
                    Reduce();
                    break;
                case (byte)'b': // BUILD: a state dictionary carries _metadata, which nobody needs
                    if (PopMany(1) is not [PickleDictionary] || Peek() is not PickleDictionary)
                        throw Bad("an object other than a dictionary is given a state.");
                    break;
                default:
                    throw Bad($"opcode {opcode:x2} has no place in a state dictionary.");
            }
        }
        throw Bad($"it has more than {MostOpcodes} opcodes.");
    }

    private readonly void Reduce()
    {
        var arguments = Pop() as object?[] ?? throw Bad("a call without arguments.");
        Push((Pop(), arguments) switch
        {
            (PickleGlobal.OrderedDict, []) => new PickleDictionary(),
            (PickleGlobal.Set, [List<object?> items]) => items,
            (PickleGlobal.Size, [object?[] extents]) => extents,
            (PickleGlobal.RebuildParameter, [PickleTensor tensor, ..]) => tensor,
            (PickleGlobal.RebuildTensor, [PickleStorage storage, long offset, object?[] shape, object?[] strides, ..])
                when arguments.Length is 6 or 7 && shape.Length == strides.Length
                => new PickleTensor(storage, offset, Numbers(shape), Numbers(strides)),
            (var called, _) => throw Bad($"{called ?? "nothing"} is called with arguments that do not suit it."),
        });
    }

    /// <summary>('storage', type, key, place, count), and in old files a view: (key, offset, count).</summary>
    private readonly PickleStorage Storage(object? id)
    {
        if (id is not object?[] parts || parts.Length > 6
            || parts is not ["storage", PickleGlobal type, string key, string, long and >= 0 and var count, ..])
            throw Bad("something other than a storage is referred to.");
        var view = parts.Length == 6 && parts[5] is { } given
            ? given is object?[] window
                && window is [string, long and >= 0 and var offset, long and >= 0 and var length]
                && offset <= count - length
                ? offset
                : throw Bad($"the view of storage {key} does not lie in it.")
            : 0;
        return new(key, ElementTypeOf(type), count, view);
    }

    private readonly ElementType ElementTypeOf(PickleGlobal storage) => storage switch
    {
        PickleGlobal.FloatStorage => ElementType.F32,
        PickleGlobal.HalfStorage => ElementType.F16,
        PickleGlobal.BFloat16Storage => ElementType.BF16,
        PickleGlobal.DoubleStorage => ElementType.F64,
        PickleGlobal.LongStorage => ElementType.I64,
        PickleGlobal.IntStorage => ElementType.I32,
        PickleGlobal.ShortStorage => ElementType.I16,
        PickleGlobal.CharStorage => ElementType.I8,
        PickleGlobal.ByteStorage => ElementType.U8,
        PickleGlobal.BoolStorage => ElementType.Bool,
        _ => throw Bad($"{storage} is no kind of storage."),
    };

    private readonly object Global(string module, string name) => (module, name) switch
    {
        ("collections", "OrderedDict") => PickleGlobal.OrderedDict,
        ("builtins" or "__builtin__", "set") => PickleGlobal.Set,
        ("torch", "float32" or "float16" or "bfloat16" or "float64" or "int64") => PickleGlobal.NumberType,
        ("torch._utils", "_rebuild_tensor_v2") => PickleGlobal.RebuildTensor,
        ("torch._utils", "_rebuild_parameter") => PickleGlobal.RebuildParameter,
        ("torch", "Size") => PickleGlobal.Size,
        ("torch", "FloatStorage") => PickleGlobal.FloatStorage,
        ("torch", "HalfStorage") => PickleGlobal.HalfStorage,
        ("torch", "BFloat16Storage") => PickleGlobal.BFloat16Storage,
        ("torch", "DoubleStorage") => PickleGlobal.DoubleStorage,
        ("torch", "LongStorage") => PickleGlobal.LongStorage,
        ("torch", "IntStorage") => PickleGlobal.IntStorage,
        ("torch", "ShortStorage") => PickleGlobal.ShortStorage,
        ("torch", "CharStorage") => PickleGlobal.CharStorage,
        ("torch", "ByteStorage") => PickleGlobal.ByteStorage,
        ("torch", "BoolStorage") => PickleGlobal.BoolStorage,
        _ =>
            throw Bad(
                $"it names {module}.{name}, which no state dictionary needs; the file "
                    + $"may be malicious and was not run."),
    };

    private readonly long[] Numbers(object?[] values)
    {
        var numbers = new long[values.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = values[i] is long number and >= 0
                ? number : throw Bad("an extent or a stride is no number, or negative.");
        return numbers;
    }

    private readonly void Append(object?[] items)
    {
        if (Peek() is not List<object?> list)
            throw Bad("values are appended to something that is no list.");
        list.AddRange(items);
    }

    private readonly void SetItems(object?[] items)
    {
        if (Peek() is not PickleDictionary dictionary || items.Length % 2 != 0)
            throw Bad("keys and values are set in something that is no dictionary, or do not pair.");
        for (var i = 0; i < items.Length; i += 2)
            dictionary.Items.Add((items[i], items[i + 1]));
    }

    private readonly void Remember(long key)
        => _memo[key] = Peek();

    private readonly void Recall(long key)
        => Push(_memo.TryGetValue(key, out var value)
            ? value : throw Bad($"value {key} is recalled before it was remembered."));

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Peek()
        => _stack.Count > 0 && _stack[^1] != Mark ? _stack[^1] : throw Bad("a value is taken from an empty stack.");

    private readonly object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly object?[] PopMany(int count)
    {
        var values = new object?[count];
        while (count > 0)
            values[--count] = Pop();
        return values;
    }

    private readonly object?[] PopToMark()
    {
        var mark = _stack.LastIndexOf(Mark);
        if (mark < 0)
            throw Bad("the mark that starts a group is missing.");
        var values = _stack.GetRange(mark + 1, _stack.Count - mark - 1).ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            throw Bad($"{count} bytes were expected, {_bytes.Length - _at} are left; the file is cut short.");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    private string Line()
    {
        var length = _bytes[_at..].IndexOf((byte)'\n');
        if (length is < 0 or > 256)
            throw Bad("a name that does not end.");
        var name = Encoding.UTF8.GetString(Take(length));
        _at++;
        return name;
    }

    private string Text(uint length)
        => length <= LongestText ? Encoding.UTF8.GetString(Take((int)length)) : throw Bad($"a text of {length} bytes.");

    /// <summary>
    /// Little-endian two's complement of up to 8 bytes; the magic number of old files is longer and means nothing more.
    /// </summary>
    private static object Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            return Convert.ToHexStringLower(bytes);
        var value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1L : 0L;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = value << 8 | bytes[i];
        return value;
    }

    private readonly BadFileException Bad(string problem)
        => new(_path, "the pickle cannot be read: " + problem, _origin + _at);
}
