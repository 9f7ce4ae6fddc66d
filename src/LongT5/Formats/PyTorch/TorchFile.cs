using System.Buffers.Binary;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// <c>pytorch_model.bin</c>: a zip of one pickle and the storages it speaks of, or, before PyTorch 1.6, a row of
/// pickles and storages. Tensors are strided views of storages; one storage may serve several tensors.
/// </summary>
static unsafe class TorchFile
{
    private const int LargestPickle = 1 << 24;

    /// <exception cref="BadFileException">Neither of the two, or damaged, or with more in it than tensors.</exception>
    public static TensorFile Open(string path, bool inMemory = false)
    {
        var file = MappedFile.Open(path, inMemory);
        try
        {
            return file.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes(0, 4)) == 0x04034b50
                ? OpenZip(file)
                : OpenLegacy(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static TensorFile OpenZip(MappedFile file)
    {
        var zip = StoredZip.Read(file);
        const string PickleName = "/data.pkl";
        var pickles = zip.Entries.Keys.Where(name => name.EndsWith(PickleName, StringComparison.Ordinal)).ToArray();
        if (pickles is not [var main])
            throw new BadFileException(file.Path, $"one entry named data.pkl was expected, {pickles.Length} found.");
        var root = main[..^PickleName.Length];

        if (zip.Entries.ContainsKey(root + "/byteorder") && !Content(root + "/byteorder").SequenceEqual("little"u8))
            throw new BadFileException(file.Path, "its numbers are big-endian, which is not read here.");
        var state = TorchState.Find(file.Path, Pickle.Read(file.Path, zip.Entries[main].Start, Content(main), out _));
        return new(file.Path, Tensors(file, state, Find), file.Life, () =>
        {
            foreach (var name in zip.Entries.Keys)
                zip.Verify(name);
        })
        {
            Warnings = state.Warnings,
        };

        ReadOnlySpan<byte> Content(string name)
        {
            var entry = zip.Entries[name];
            if (entry.Length > LargestPickle)
                throw new BadFileException(file.Path, $"{name} has {entry.Length} bytes; {LargestPickle} are allowed.",
                    entry.Start);
            zip.Verify(name);
            return file.Bytes(entry.Start, (int)entry.Length);
        }

        byte* Find(PickleStorage storage)
        {
            if (!zip.Entries.TryGetValue($"{root}/data/{storage.Key}", out var entry))
                throw new BadFileException(file.Path, $"the storage data/{storage.Key} is missing.");
            return entry.Length == (Int128)storage.Count * storage.Type.Size()
                ? file.Data + entry.Start
                : throw new BadFileException(file.Path,
                    $"the storage data/{storage.Key} should have {storage.Count} elements of "
                    + $"{storage.Type}, but has {entry.Length} bytes.", entry.Start);
        }
    }

    /// <summary>
    /// Magic number, protocol, facts of the machine, the state, the keys of the storages; then count and bytes of each.
    /// </summary>
    private static TensorFile OpenLegacy(MappedFile file)
    {
        var at = 0L;
        if (Next() is not "6cfc9c46f9206aa85019")
            throw new BadFileException(
                file.Path, "this is no PyTorch file: neither a zip nor a pickle with PyTorch's magic number.", 0);
        if (Next() is not 1001L)
            throw new BadFileException(file.Path, "the protocol of this old PyTorch file is not 1001.", at);
        if (Next() is PickleDictionary system && system.Items.Contains(("little_endian", false)))
            throw new BadFileException(file.Path, "its numbers are big-endian, which is not read here.", at);
        var content = Next();
        if (Next() is not List<object?> keys)
            throw new BadFileException(file.Path, "the list of storages is missing.", at);

        // The size of an element is known only to the tensors, which are checked against what they refer to.
        var kinds = new Dictionary<string, PickleStorage>();
        foreach (var tensor in TorchState.AllTensors(content))
            kinds.TryAdd(tensor.Storage.Key, tensor.Storage);
        var places = new Dictionary<string, (long Start, long Count)>();
        foreach (var key in keys)
        {
            if (key is not string name || !kinds.TryGetValue(name, out var storage))
                throw new BadFileException(file.Path, $"a storage {key} that no tensor uses.", at);
            var count = file.Length - at >= 8 ? BinaryPrimitives.ReadInt64LittleEndian(file.Bytes(at, 8)) : -1;
            at += 8;
            if (count != storage.Count || count < 0 || count > (file.Length - at) / storage.Type.Size())
                throw new BadFileException(file.Path,
                    $"storage {name} should have {storage.Count} elements of {storage.Type}; "
                    + $"the file says {count} and has {Math.Max(0, file.Length - at)} bytes left.", at);
            if (!places.TryAdd(name, (at, count)))
                throw new BadFileException(file.Path, $"storage {name} stands there twice.", at);
            at += count * storage.Type.Size();
        }
        if (at != file.Length)
            throw new BadFileException(file.Path, $"{file.Length - at} bytes follow the last storage; none may.", at);
        var state = TorchState.Find(file.Path, content);
        return new(file.Path, Tensors(file, state, Find), file.Life) { Warnings = state.Warnings };

        object? Next()
        {
            var value = Pickle.Read(file.Path, at, file.Bytes(at, (int)Math.Min(LargestPickle, file.Length - at)),
                out var consumed);
            at += consumed;
            return value;
        }

        byte* Find(PickleStorage storage)
            => places.TryGetValue(storage.Key, out var place)
                && storage == (kinds[storage.Key] with { ViewOffset = storage.ViewOffset })
                ? file.Data + place.Start
                : throw new BadFileException(file.Path, $"storage {storage.Key} is missing, or is of two types.");
    }

    private delegate byte* FindStorage(PickleStorage storage);

    private static List<StoredTensor> Tensors(MappedFile file, TorchState state, FindStorage find)
        => [.. state.Tensors.Select(item => View(file, item.Name, item.Tensor, find(item.Tensor.Storage)))];

    /// <summary>A tensor in its storage: used there if it lies row by row, copied in order otherwise.</summary>
    private static StoredTensor View(MappedFile file, string name, PickleTensor tensor, byte* storage)
    {
        var (shape, strides, type) = (tensor.Shape, tensor.Strides, tensor.Storage.Type);
        Int128 count = 1, last = tensor.Storage.ViewOffset + (Int128)tensor.Offset;
        var inOrder = true;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            inOrder &= shape[i] <= 1 || strides[i] == count;
            count = shape[i] == 0 ? 0 : Int128.Min(count * shape[i], long.MaxValue);
            last = Int128.Min(last + (Int128)Math.Max(0, shape[i] - 1) * strides[i], long.MaxValue);
        }
        // No view may be larger than its storage: strides of zero would make much of little.
        if (tensor.Offset < 0 || count > tensor.Storage.Count || (count > 0 && last >= tensor.Storage.Count))
            throw new BadFileException(file.Path,
                $"{name} [{string.Join(", ", shape)}] with strides [{string.Join(", ", strides)}] from "
                + $"{tensor.Offset} does not lie in its storage of {tensor.Storage.Count} elements.");

        var first = count == 0 ? storage : storage + (tensor.Storage.ViewOffset + tensor.Offset) * type.Size();
        if (inOrder || count == 0)
            return new(file.Life, name, type, shape, first);
        return shape.Length <= 2
            ? new StoredTensor(file.Life, name, type, shape, destination => StridedCopy.Matrix(first, type.Size(),
                shape.Length == 2 ? shape[0] : 1, shape[^1], shape.Length == 2
                    ? strides[0] : 0, strides[^1], destination))
            : throw new BadFileException(file.Path,
                $"{name} has {shape.Length} extents and is not in order; LongT5 has no such tensor.");
    }
}
