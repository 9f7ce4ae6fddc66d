// Shapes: L tokens of the input, C model width, H heads, D head width, I = H D.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The decoder's view of one input: keys and values of cross attention in each layer, made once.</summary>
/// <remarks>Each head's keys lie together, and its values: a step reads them from end to end, once for all beams.</remarks>
sealed unsafe class CrossMemory : IDisposable
{
    private const int ChunkRows = 2048;
    private const int KindsOfRows = 2;

    private readonly LongT5Config _config;
    private readonly ElementType _type;
    private readonly NativeBuffer _memory;                                            // [layers, K|V, H, L, D]

    public CrossMemory(
        LongT5Config config, DecoderLayerWeights[] layers, EncodedInput input, ElementType type, Workers workers,
        CancellationToken cancellation)
    {
        (_config, _type, Length) = (config, type, input.Length);
        var elements = (long)layers.Length * KindsOfRows * Length * config.InnerWidth;
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
                    Store(rows.Pointer, layer, 0, first, count, workers);
                    ManyRows.Multiply(states, count, layers[layer].Cross.Value, rows.Pointer, workers);
                    Store(rows.Pointer, layer, 1, first, count, workers);
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

    /// <summary>[count, D]: the keys of some tokens.</summary>
    public Matrix Keys(int layer, int head, int first, int count) => new(Row(layer, 0, head, first), _type, count, _config.DKv);

    /// <summary>[count, D]: the values of some tokens.</summary>
    public Matrix Values(int layer, int head, int first, int count) => new(Row(layer, 1, head, first), _type, count, _config.DKv);

    public void Dispose() => _memory.Dispose();

    private byte* Row(int layer, int kind, int head, int token)
        => (byte*)_memory.Pointer
            + ((((long)layer * KindsOfRows + kind) * _config.NumHeads + head) * Length + token) * _config.DKv * _type.Size();

    private void Store(float* rows, int layer, int kind, int first, int count, Workers workers)
        => workers.For(_config.NumHeads, head =>
        {
            var target = Row(layer, kind, head, first);
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
