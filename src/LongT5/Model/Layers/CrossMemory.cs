// Shapes: L tokens of the input, C model width, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's view of one input: keys and values of cross attention in each layer, made once.</summary>
/// <remarks>
/// Each head's keys lie together, packed for products, and so do its values, chunk by chunk: a step reads them from end
/// to end, once for all rows.
/// </remarks>
sealed unsafe class CrossMemory
{
    /// <summary>Tokens that are read together, a whole number of panels.</summary>
    public const int ChunkKeys = 512;

    private const int ChunkRows = 4 * ChunkKeys;
    private const int Keys = 0;
    private const int Values = 1;

    private readonly LongT5Config _config;
    private readonly ElementType _type;
    private readonly long _headSize;
    private readonly long _perToken;
    private readonly NativeBuffer _memory;                                            // [layers, keys|values, H, L, D]

    public CrossMemory(
        LongT5Config config, AttentionWeights[] layers, EncodedStates input, ElementType type, Arena arena,
        Workers workers,
        CancellationToken cancellation)
    {
        (_config, _type, Length) = (config, type, input.Length);
        _headSize = Math.Max(Tiles.PanelsLength(Length, config.DKv), Tiles.ValuesLength(Length, config.DKv));
        _perToken = Tiles.ValuesLength(1, config.DKv);
        var elements = 2 * layers.Length * config.NumHeads * _headSize;
        _memory = arena.Take((elements * type.Size() + sizeof(float) - 1) / sizeof(float));
        var size = (long)Math.Min(ChunkRows, Length) * config.InnerWidth;
        using var buffer = new NativeBuffer(2 * size);
        float* keys = buffer.Pointer, values = keys + size;                           // [count, I]
        for (var layer = 0; layer < layers.Length; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var first = 0; first < Length; first += ChunkRows)
            {
                var count = Math.Min(ChunkRows, Length - first);
                var states = input.Pointer + (long)first * config.DModel;             // [count, C]
                Linear.Apply(Place.Encoder, states, count,
                    [new(layers[layer].Key, keys), new(layers[layer].Value, values)], workers);
                StoreKeys(keys, layer, first, count, workers);
                StoreValues(values, layer, first, count, workers);
            }
        }
    }

    /// <summary>L.</summary>
    public int Length { get; }

    /// <summary>scores[r, i] = q[r] · key[first + i], on the calling thread.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="first">The first token, a multiple of a panel.</param>
    /// <param name="count">How many tokens.</param>
    /// <param name="q">[rows, D], rows at I.</param>
    /// <param name="rows">Number of queries.</param>
    /// <param name="scores">[rows, count], rows at <paramref name="stride"/>.</param>
    /// <param name="stride">Floats from one row of scores to the next.</param>
    public void Score(int layer, int head, int first, int count, float* q, int rows, float* scores, int stride)
    {
        var keys = Key(layer, head, first);
        if (_type == ElementType.BF16)
            Tiles.Scores(q, _config.InnerWidth, rows, (ushort*)keys, count, _config.DKv, scores, stride);
        else
            Tiles.Scores(q, _config.InnerWidth, rows, (float*)keys, count, _config.DKv, scores, stride);
    }

    /// <summary>sums[r] += Σᵢ weights[r, i] value[first + i] over a chunk, on the calling thread.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="first">The chunk's first token.</param>
    /// <param name="count">The chunk's tokens.</param>
    /// <param name="weights">[rows, count], rows at <paramref name="stride"/>.</param>
    /// <param name="stride">Floats from one row of weights to the next.</param>
    /// <param name="rows">Number of queries.</param>
    /// <param name="sums">[rows, D].</param>
    public void Mix(int layer, int head, int first, int count, float* weights, int stride, int rows, float* sums)
    {
        var (width, values) = (_config.DKv, (nint)Value(layer, head, first));
        if (_type == ElementType.BF16)
            Tiles.Mix(weights, stride, rows, (ushort*)values, count, count, width, sums, width);
        else
            Tiles.Mix(weights, stride, rows, (float*)values, count, count, width, sums, width);
    }

    private byte* Key(int layer, int head, int token) => Head(layer, Keys, head) + (long)token * _config.DKv
        * _type.Size();

    private byte* Value(int layer, int head, int token) => Head(layer, Values, head) + token * _perToken * _type.Size();

    private byte* Head(int layer, int kind, int head)
        => (byte*)_memory.Pointer + ((2L * layer + kind) * _config.NumHeads + head) * _headSize * _type.Size();

    private void StoreKeys(float* rows, int layer, int first, int count, Workers workers)
        => workers.For(_config.NumHeads, head =>
        {
            using var packed = Scratch.Rent(Tiles.PanelsLength(count, _config.DKv));
            Tiles.PackKeys(rows + head * _config.DKv, _config.InnerWidth, count, _config.DKv, packed.Pointer);
            Store(packed.Pointer, Tiles.PanelsLength(count, _config.DKv), Key(layer, head, first));
        });

    private void StoreValues(float* rows, int layer, int first, int count, Workers workers)
        => workers.For(_config.NumHeads, head =>
        {
            using var packed = Scratch.Rent(Tiles.ValuesLength(ChunkKeys, _config.DKv));
            for (var done = 0; done < count; done += ChunkKeys)
            {
                var keys = Math.Min(ChunkKeys, count - done);
                var values = rows + (long)done * _config.InnerWidth + head * _config.DKv;
                Tiles.PackValues(values, _config.InnerWidth, keys, _config.DKv, packed.Pointer, keys);
                Store(packed.Pointer, Tiles.ValuesLength(keys, _config.DKv), Value(layer, head, first + done));
            }
        });

    private void Store(float* numbers, long count, byte* target)
    {
        if (_type == ElementType.BF16)
            Halves.ToBFloat16(numbers, (ushort*)target, count);
        else
            Buffer.MemoryCopy(numbers, target, count * sizeof(float), count * sizeof(float));
    }
}
