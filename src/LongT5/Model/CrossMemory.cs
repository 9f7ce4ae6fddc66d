// Shapes: L tokens of the input, C model width, H heads, D head width, I = H D.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The decoder's view of one input: keys and values of cross attention in each layer, made once.</summary>
/// <remarks>
/// Each head's keys lie together, packed for products, and so do its values: a step reads them from end to end, once
/// for all rows.
/// </remarks>
sealed unsafe class CrossMemory : IDisposable
{
    private const int ChunkRows = 2048;
    private const int Keys = 0;
    private const int Values = 1;

    private readonly LongT5Config _config;
    private readonly ElementType _type;
    private readonly long _headSize;
    private readonly NativeBuffer _memory;                                            // [layers, keys|values, H, L, D]

    public CrossMemory(
        LongT5Config config, DecoderLayerWeights[] layers, EncodedInput input, ElementType type, Workers workers,
        CancellationToken cancellation)
    {
        (_config, _type, Length) = (config, type, input.Length);
        _headSize = Tiles.PanelsLength(Length, config.DKv);
        var elements = 2 * layers.Length * config.NumHeads * _headSize;
        _memory = new((elements * type.Size() + sizeof(float) - 1) / sizeof(float));
        try
        {
            using var rows = new NativeBuffer((long)Math.Min(ChunkRows, Length) * config.InnerWidth);
            for (var layer = 0; layer < layers.Length; layer++)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var first = 0; first < Length; first += ChunkRows)
                {
                    var count = Math.Min(ChunkRows, Length - first);
                    var states = input.Pointer + (long)first * config.DModel;         // [count, C]
                    ManyRows.Multiply(states, count, layers[layer].Cross.Key, rows.Pointer, workers);
                    StoreKeys(rows.Pointer, layer, first, count, workers);
                    ManyRows.Multiply(states, count, layers[layer].Cross.Value, rows.Pointer, workers);
                    StoreValues(rows.Pointer, layer, first, count, workers);
                }
            }
        }
        catch
        {
            _memory.Dispose();
            throw;
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
        var keys = At(layer, Keys, head, first);
        if (_type == ElementType.BF16)
            Tiles.Scores(q, _config.InnerWidth, rows, (ushort*)keys, count, _config.DKv, scores, stride);
        else
            Tiles.Scores(q, _config.InnerWidth, rows, (float*)keys, count, _config.DKv, scores, stride);
    }

    /// <summary>sums[r] += Σᵢ weights[r, i] value[first + i], on the calling thread.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">How many tokens.</param>
    /// <param name="weights">[rows, count], rows at <paramref name="stride"/>.</param>
    /// <param name="stride">Floats from one row of weights to the next.</param>
    /// <param name="rows">Number of queries.</param>
    /// <param name="sums">[rows, D].</param>
    public void Mix(int layer, int head, int first, int count, float* weights, int stride, int rows, float* sums)
    {
        var (width, values) = (_config.DKv, (nint)At(layer, Values, head, first));
        if (_type == ElementType.BF16)
            Tiles.Mix(weights, stride, rows, (ushort*)values, width, count, width, sums, width);
        else
            Tiles.Mix(weights, stride, rows, (float*)values, width, count, width, sums, width);
    }

    public void Dispose() => _memory.Dispose();

    private byte* At(int layer, int kind, int head, int token)
        => (byte*)_memory.Pointer
            + (((2L * layer + kind) * _config.NumHeads + head) * _headSize + (long)token * _config.DKv) * _type.Size();

    private void StoreKeys(float* rows, int layer, int first, int count, Workers workers)
        => workers.For(_config.NumHeads, head =>
        {
            var (keys, target) = ((nint)(rows + head * _config.DKv), (nint)At(layer, Keys, head, first));
            if (_type == ElementType.F32)
            {
                Tiles.PackKeys((float*)keys, _config.InnerWidth, count, _config.DKv, (float*)target);
                return;
            }
            var size = Tiles.PanelsLength(count, _config.DKv);
            using var packed = Scratch.Rent(size);
            Tiles.PackKeys((float*)keys, _config.InnerWidth, count, _config.DKv, packed.Pointer);
            Halves.ToBFloat16(packed.Pointer, (ushort*)target, size);
        });

    private void StoreValues(float* rows, int layer, int first, int count, Workers workers)
        => workers.For(_config.NumHeads, head =>
        {
            var target = At(layer, Values, head, first);
            for (var row = 0; row < count; row++)
            {
                var source = rows + (long)row * _config.InnerWidth + head * _config.DKv;
                if (_type == ElementType.BF16)
                    Halves.ToBFloat16(source, (ushort*)target, _config.DKv);
                else
                    Buffer.MemoryCopy(source, target, _config.DKv * sizeof(float), _config.DKv * sizeof(float));
                target += _config.DKv * _type.Size();
            }
        });
}
