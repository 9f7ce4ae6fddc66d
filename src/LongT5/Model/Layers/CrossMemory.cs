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
    private readonly AttentionWeights[] _layers;
    private readonly Workers _workers;

    /// <param name="config">The shape of the model.</param>
    /// <param name="layers">The weights of each layer of the decoder.</param>
    /// <param name="length">L.</param>
    /// <param name="type">How keys and values are kept.</param>
    /// <param name="arena">Holds the memory.</param>
    /// <param name="workers">Who computes.</param>
    public CrossMemory(
        LongT5Config config, AttentionWeights[] layers, int length, ElementType type, Arena arena, Workers workers)
    {
        (_config, _layers, _workers, _type, Length) = (config, layers, workers, type, length);
        _headSize = Math.Max(Tiles.PanelsLength(Length, config.DKv), Tiles.ValuesLength(Length, config.DKv));
        _perToken = Tiles.ValuesLength(1, config.DKv);
        var elements = 2 * layers.Length * config.NumHeads * _headSize;
        _memory = arena.Take((elements * type.Size() + sizeof(float) - 1) / sizeof(float));
    }

    /// <summary>L.</summary>
    public int Length { get; }

    /// <summary>Slices that filling it is cut into: some tokens of a layer each.</summary>
    public int Slices => _layers.Length * Chunks;

    /// <summary>Floats that <see cref="Fill"/> needs for a while.</summary>
    public long Room => 2L * Math.Min(ChunkRows, Length) * _config.InnerWidth;

    private int Chunks => (Length + ChunkRows - 1) / ChunkRows;

    /// <summary>Makes the keys and values of a slice.</summary>
    /// <param name="slice">The slice, from 0.</param>
    /// <param name="states">[L, C]: the encoded input.</param>
    /// <param name="room"><see cref="Room"/> floats.</param>
    public void Fill(int slice, float* states, float* room)
    {
        var (layer, first) = (slice / Chunks, slice % Chunks * ChunkRows);
        var count = Math.Min(ChunkRows, Length - first);
        float* keys = room, values = room + Room / 2;                                 // [count, I]
        Linear.Apply(Place.Encoder, states + (long)first * _config.DModel, count,
            [new(_layers[layer].Key, keys), new(_layers[layer].Value, values)], _workers);
        StoreKeys(keys, layer, first, count);
        StoreValues(values, layer, first, count);
    }

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

    private void StoreKeys(float* rows, int layer, int first, int count)
        => _workers.For(_config.NumHeads, head =>
        {
            using var packed = Scratch.Rent(Tiles.PanelsLength(count, _config.DKv));
            Tiles.PackKeys(rows + head * _config.DKv, _config.InnerWidth, count, _config.DKv, packed.Pointer);
            Store(packed.Pointer, Tiles.PanelsLength(count, _config.DKv), Key(layer, head, first));
        });

    private void StoreValues(float* rows, int layer, int first, int count)
        => _workers.For(_config.NumHeads, head =>
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
