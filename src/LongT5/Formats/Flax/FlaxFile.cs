using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// <c>flax_model.msgpack</c>: a tree of arrays by name. The matrices of linear layers (<c>kernel</c>) are [in, out]
/// there and are transposed when they are asked for.
/// </summary>
static unsafe class FlaxFile
{
    /// <exception cref="BadFileException">Damaged, or with anything in it but arrays.</exception>
    public static TensorFile Open(string path, bool inMemory = false)
    {
        var file = MappedFile.Open(path, inMemory);
        try
        {
            return new(path, [.. Leaves(path, Msgpack.Read(file)).Select(leaf => Tensor(file, leaf.Name, leaf.Value))],
                file.Life);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>From <c>encoder/block/0/.../q/kernel</c> to Hugging Face's name.</summary>
    public static string HuggingFaceName(string path)
    {
        var last = path.LastIndexOf('/') + 1;
        return path[..last].Replace('/', '.') + (path[last..] is "kernel" or "embedding" ? "weight" : path[last..]);
    }

    /// <summary>The values of a tree that are no maps of further names, with the path that leads to each.</summary>
    public static IEnumerable<(string Name, object? Value)> Leaves(string path, object? tree)
    {
        if (tree is not OrderedDictionary<string, object?> root)
            throw new BadFileException(path, "a map of names was expected.");
        var open = new Stack<(string Prefix, OrderedDictionary<string, object?> Map)>([("", root)]);
        while (open.TryPop(out var top))
        {
            foreach (var (key, value) in top.Map)
            {
                if (value is OrderedDictionary<string, object?> map && !map.ContainsKey(ChunkedArray)
                    && !map.ContainsKey("driver"))
                    open.Push(($"{top.Prefix}{key}/", map));
                else
                    yield return (top.Prefix + key, value);
            }
        }
    }

    private const string ChunkedArray = "__msgpack_chunked_array__";

    private static StoredTensor Tensor(MappedFile file, string path, object? value)
    {
        var array = value as MsgpackArray;
        var chunks = value is OrderedDictionary<string, object?> map
            ? Chunks(file.Path, path, map, out array) : [array!];
        if (array is null)
            throw new BadFileException(file.Path, $"{path} is no array.");
        return Tensor(file, HuggingFaceName(path), array, chunks,
            transpose: path.EndsWith("/kernel", StringComparison.Ordinal));
    }

    /// <summary>An array of the file, transposed if it is a matrix and that is asked for.</summary>
    public static StoredTensor Tensor(MappedFile file, string name, MsgpackArray array, bool transpose)
        => Tensor(file, name, array, [array], transpose);

    private static StoredTensor Tensor(MappedFile file, string name, MsgpackArray array, MsgpackArray[] chunks,
        bool transpose)
    {
        transpose &= array.Shape.Length == 2;
        if (chunks is [var whole] && !transpose)
            return new(file.Life, name, array.Type, array.Shape, file.Data + whole.Start);
        var size = array.Type.Size();
        if (chunks is [var one])
            return new(file.Life, name, array.Type, [array.Shape[1], array.Shape[0]], destination =>
                StridedCopy.Matrix(file.Data + one.Start, size, array.Shape[1], array.Shape[0], 1, array.Shape[1],
                    destination));

        var joined = new StoredTensor(file.Life, name, array.Type, array.Shape, destination =>
        {
            foreach (var chunk in chunks)
            {
                var length = chunk.Shape[0] * size;
                Buffer.MemoryCopy(file.Data + chunk.Start, destination, length, length);
                destination += length;
            }
        });
        return !transpose ? joined : new(file.Life, name, array.Type, [array.Shape[1], array.Shape[0]], destination =>
        {
            using var loan = joined.Borrow();
            StridedCopy.Matrix(loan.Data, size, array.Shape[1], array.Shape[0], 1, array.Shape[1], destination);
        });
    }

    /// <summary>Arrays beyond 1 GiB are cut into flat pieces: {shape: {0: ...}, chunks: {0: ...}}.</summary>
    private static MsgpackArray[] Chunks(string path, string name, OrderedDictionary<string, object?> map,
        out MsgpackArray? array)
    {
        if (Numbered(map, "shape") is not { } shape || Numbered(map, "chunks") is not { Length: > 0 } pieces
            || !shape.All(extent => extent is long and >= 0)
            || !pieces.All(piece => piece is MsgpackArray { Shape.Length: 1 }))
            throw new BadFileException(path, $"{name} is neither an array nor one in chunks.");
        var chunks = pieces.Cast<MsgpackArray>().ToArray();
        var extents = shape.Cast<long>().ToArray();
        var count = extents.Aggregate((Int128)1, (product, extent) => Int128.Min(product * extent, long.MaxValue));
        if (chunks.Any(chunk => chunk.Type != chunks[0].Type)
            || chunks.Aggregate((Int128)0, (sum, chunk) => sum + chunk.Shape[0]) != count)
            throw new BadFileException(path, $"the chunks of {name} do not add up to [{string.Join(", ", extents)}].");
        array = new(chunks[0].Type, extents, chunks[0].Start);
        return chunks;
    }

    private static object?[]? Numbered(OrderedDictionary<string, object?> map, string key)
        => map.TryGetValue(key, out var value) && value is OrderedDictionary<string, object?> items
            && items.Keys.Select((name, i) => name == i.ToString()).All(inOrder => inOrder)
            ? [.. items.Values]
            : null;
}
