// Shapes: R rows, L tokens of an input, H heads, D head width, I = H D.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>The decoder's attention to the encoded inputs: no bias, no mask, every token of the row's input.</summary>
/// <remarks>
/// Keys are taken in chunks of fixed size, counted from the start of the input. Each chunk is read once for all rows
/// of its input and gives a sum relative to its own greatest score; the chunks of a row are then joined in order, so
/// the result depends neither on the rows beside it nor on who computed which chunk.
/// </remarks>
sealed unsafe class CrossAttention : IDisposable
{
    private const int ChunkKeys = 512;

    private readonly LongT5Config _config;
    private readonly CrossMemory[] _memories;
    private readonly Workers _workers;
    private readonly NativeBuffer _scores;                                            // [workers, most rows, ChunkKeys]
    private readonly int _mostRows;
    private readonly List<Group> _groups = [];
    private readonly Action<int> _read;
    private readonly Action<int> _join;
    private NativeBuffer _parts = new(0);                                             // [groups][H, chunks][R, D + 2]
    private long _items;
    private int _layer;
    private float* _q;

    public CrossAttention(LongT5Config config, CrossMemory[] memories, int mostRows, Workers workers)
    {
        (_config, _memories, _mostRows, _workers) = (config, memories, mostRows, workers);
        _scores = new((long)workers.Count * mostRows * ChunkKeys);
        (_read, _join) = (Read, Join);
    }

    /// <summary>Consecutive rows over one input.</summary>
    private readonly record struct Group(int Input, int Row, int Rows, int Chunks, long FirstItem, long FirstPart);

    /// <summary>Tells over which inputs the rows of all layers now look.</summary>
    public void Follow(ReadOnlySpan<int> inputs)
    {
        _groups.Clear();
        var (items, parts) = (0L, 0L);
        for (var row = 0; row < inputs.Length;)
        {
            var rows = 1;
            while (row + rows < inputs.Length && inputs[row + rows] == inputs[row])
                rows++;
            var chunks = (_memories[inputs[row]].Length + ChunkKeys - 1) / ChunkKeys;
            _groups.Add(new(inputs[row], row, rows, chunks, items, parts));
            items += (long)_config.NumHeads * chunks;
            parts += (long)_config.NumHeads * chunks * PartLength(rows);
            row += rows;
        }
        _items = items;
        if (_parts.Length < parts)
        {
            _parts.Dispose();
            _parts = new(parts);
        }
    }

    /// <summary>Lets every row look in one layer; q [R, I] becomes the context, in place.</summary>
    public void Apply(float* q, int layer)
    {
        _q = q;
        _layer = layer;
        _workers.For(_workers.Count, _read);
        _workers.For(_groups.Count * _config.NumHeads, _join);
    }

    /// <summary>The weights with which a row looks in one layer: [H, L].</summary>
    /// <param name="q">[I]: the row's query.</param>
    /// <param name="input">The input it looks at.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">[H, L].</param>
    /// <returns>How many numbers that are.</returns>
    public long Weights(float* q, int input, int layer, float* weights)
    {
        var length = _memories[input].Length;
        for (var head = 0; head < _config.NumHeads; head++)
        {
            var row = weights + (long)head * length;
            FewRows.Multiply(q + head * _config.DKv, _config.InnerWidth, 1, _memories[input].Keys(layer, head, 0, length), row, length);
            Softmax.Row(row, length);
        }
        return (long)_config.NumHeads * length;
    }

    public void Dispose()
    {
        _scores.Dispose();
        _parts.Dispose();
    }

    private long PartLength(int rows) => (long)rows * (_config.DKv + 2);

    private void Read(int worker)
    {
        var scores = _scores.Pointer + (long)worker * _mostRows * ChunkKeys;
        var (item, end) = (_items * worker / _workers.Count, _items * (worker + 1) / _workers.Count);
        foreach (var group in _groups)
        {
            for (; item < end && item < group.FirstItem + (long)_config.NumHeads * group.Chunks; item++)
            {
                var index = item - group.FirstItem;
                var (head, chunk) = ((int)(index / group.Chunks), (int)(index % group.Chunks));
                ReadChunk(group, head, chunk, scores, _parts.Pointer + group.FirstPart + index * PartLength(group.Rows));
            }
        }
    }

    private void ReadChunk(Group group, int head, int chunk, float* scores, float* part)
    {
        var memory = _memories[group.Input];
        var first = chunk * ChunkKeys;
        var count = Math.Min(ChunkKeys, memory.Length - first);
        var q = _q + (long)group.Row * _config.InnerWidth + head * _config.DKv;
        var sums = part;                                                              // [R, D]
        var max = sums + (long)group.Rows * _config.DKv;                              // [R]
        var total = max + group.Rows;                                                 // [R]

        FewRows.Multiply(q, _config.InnerWidth, group.Rows, memory.Keys(_layer, head, first, count), scores, ChunkKeys);
        for (var row = 0; row < group.Rows; row++)
        {
            var seen = scores + row * ChunkKeys;
            max[row] = Vectors.Max(seen, count);
            total[row] = Softmax.Exp(seen, count, max[row]);
        }
        FewRows.Combine(scores, ChunkKeys, group.Rows, memory.Values(_layer, head, first, count), sums, _config.DKv);
    }

    private void Join(int item)
    {
        var (group, head) = (_groups[item / _config.NumHeads], item % _config.NumHeads);
        var length = PartLength(group.Rows);
        var parts = _parts.Pointer + group.FirstPart + (long)head * group.Chunks * length;
        var toMax = (long)group.Rows * _config.DKv;
        for (var row = 0; row < group.Rows; row++)
        {
            var max = float.NegativeInfinity;
            for (var chunk = 0; chunk < group.Chunks; chunk++)
                max = MathF.Max(max, parts[chunk * length + toMax + row]);

            var context = _q + (long)(group.Row + row) * _config.InnerWidth + head * _config.DKv;
            new Span<float>(context, _config.DKv).Clear();
            var total = 0f;
            for (var chunk = 0; chunk < group.Chunks; chunk++)
            {
                var part = parts + chunk * length;
                var share = MathF.Exp(part[toMax + row] - max);
                total += share * part[toMax + group.Rows + row];
                Vectors.AddScaled(context, share, part + (long)row * _config.DKv, _config.DKv);
            }
            Vectors.Scale(context, 1 / total, _config.DKv);
        }
    }
}
