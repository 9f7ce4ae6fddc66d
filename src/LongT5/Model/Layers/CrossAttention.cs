// Shapes: R rows, L tokens of an input, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's attention to the encoded inputs: no bias, no mask, every token of the row's input.</summary>
/// <remarks>
/// Keys are taken in chunks of fixed size, counted from the start of the input. Each chunk is read once for all rows
/// of its input and gives a sum relative to its own greatest score; the chunks of a row are then joined in order, so
/// the result depends neither on the rows beside it nor on who computed which chunk.
/// </remarks>
sealed unsafe class CrossAttention
{
    private const int ChunkKeys = CrossMemory.ChunkKeys;

    private readonly LongT5Config _config;
    private readonly Workers _workers;
    private readonly List<Group> _groups = [];
    private readonly Action<int> _read;
    private readonly Action<int> _join;
    private readonly Action<int> _record;
    private readonly Arena _arena;
    private NativeBuffer _parts;                                                      // [groups][H, chunks][R, D + 2]
    private NativeBuffer _looks;                                                      // [groups][H, R][stretches]
    private int _items;
    private int _layer;
    private bool _records;
    private bool _mixes;
    private float* _q;

    public CrossAttention(LongT5Config config, Arena arena, Workers workers)
    {
        (_config, _arena, _workers) = (config, arena, workers);
        (_parts, _looks) = (arena.Take(0), arena.Take(0));
        (_read, _join, _record) = (Read, Join, Record);
    }

    /// <summary>Consecutive rows over one input; an item is a chunk of a head.</summary>
    private readonly record struct Group(
        CrossMemory Memory, CrossAttentionProbe? Probe, int Row, int Rows, int Chunks, int FirstItem, long FirstPart,
        long FirstLook);

    /// <summary>Tells over which inputs the rows of all layers now look.</summary>
    public void Follow(ReadOnlySpan<DecoderRow> rows)
    {
        _groups.Clear();
        _items = 0;
        var (parts, looks) = (0L, 0L);
        for (var row = 0; row < rows.Length;)
        {
            var (memory, probe, count) = (rows[row].Memory, rows[row].Probe, 1);
            while (row + count < rows.Length && rows[row + count].Memory == memory && rows[row + count].Probe == probe)
                count++;
            var chunks = (memory.Length + ChunkKeys - 1) / ChunkKeys;
            _groups.Add(new(memory, probe, row, count, chunks, _items, parts, looks));
            _items += _config.NumHeads * chunks;
            parts += _config.NumHeads * chunks * PartLength(count);
            if (probe is { Stretches: > 0 })
                looks += (long)_config.NumHeads * count * LookLength(probe, chunks);
            row += count;
        }
        _records = looks > 0;
        if (_looks.Length < looks)
            _arena.Grow(ref _looks, looks);
        if (_parts.Length < parts)
            _arena.Grow(ref _parts, parts);
    }

    /// <summary>Lets every row look in one layer; q [R, I] becomes the context, in place.</summary>
    public void Apply(float* q, int layer)
    {
        Read(q, layer, mixes: true);
        _workers.For(_groups.Count * _config.NumHeads, _join);
    }

    /// <summary>Records where every row looks in one layer, of which nothing else is wanted; q [R, I] stays.</summary>
    public void Look(float* q, int layer)
    {
        if (_records)
            Read(q, layer, mixes: false);
    }

    private void Read(float* q, int layer, bool mixes)
    {
        _q = q;
        (_layer, _mixes) = (layer, mixes);
        _workers.For(_items, _read);
        if (_records)
            _workers.For(_config.NumHeads, _record);
    }

    /// <summary>The weights with which a row looks in one layer.</summary>
    /// <param name="q">[I]: the row's query.</param>
    /// <param name="memory">The input it looks at.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="weights">[H, L].</param>
    public void Weights(float* q, CrossMemory memory, int layer, float* weights)
    {
        var length = memory.Length;
        for (var head = 0; head < _config.NumHeads; head++)
        {
            var row = weights + (long)head * length;
            memory.Score(layer, head, 0, length, q + head * _config.DKv, 1, row, length);
            Softmax.Row(row, length);
        }
    }

    private long PartLength(int rows) => (long)rows * (_config.DKv + 2);

    private void Read(int item)
    {
        var index = _groups.Count - 1;
        while (_groups[index].FirstItem > item)
            index--;
        var group = _groups[index];
        var (head, chunk) = ((item - group.FirstItem) / group.Chunks, (item - group.FirstItem) % group.Chunks);

        var memory = group.Memory;
        var first = chunk * ChunkKeys;
        var count = Math.Min(ChunkKeys, memory.Length - first);
        var q = _q + (long)group.Row * _config.InnerWidth + head * _config.DKv;
        var sums = _parts.Pointer + group.FirstPart + (item - group.FirstItem) * PartLength(group.Rows);     // [R, D]
        var max = sums + (long)group.Rows * _config.DKv;                                                     // [R]
        var total = max + group.Rows;                                                                        // [R]

        // [R, count]
        using var scores = Scratch.Rent((long)group.Rows * ChunkKeys);
        memory.Score(_layer, head, first, count, q, group.Rows, scores.Pointer, ChunkKeys);
        if (group.Probe is { Hidden: not null } probe)
            Hide(probe, scores.Pointer, ChunkKeys, group.Rows, first, count, memory.Length);
        for (var row = 0; row < group.Rows; row++)
        {
            var seen = scores.Pointer + row * ChunkKeys;
            max[row] = Vectors.Max(seen, count);
            total[row] = Softmax.Exp(seen, count, max[row]);
            if (group.Probe is { Stretches: > 0 } recorder)
                recorder.Sum(first, new(seen, count), Look(group, recorder, head, row, chunk));
        }
        if (!_mixes)
            return;
        new Span<float>(sums, group.Rows * _config.DKv).Clear();
        memory.Mix(_layer, head, first, count, scores.Pointer, ChunkKeys, group.Rows, sums);
    }

    /// <summary>Takes from some scores those of hidden tokens. A finite number, since a whole chunk may be hidden.
    /// </summary>
    private static void Hide(
        CrossAttentionProbe probe, float* scores, int stride, int rows, int first, int count, int length)
    {
        var (start, end) = probe.HiddenIn(length);
        (start, end) = (Math.Clamp(start - first, 0, count), Math.Clamp(end - first, 0, count));
        for (var row = 0; row < rows; row++)
            new Span<float>(scores + (long)row * stride + start, end - start).Fill(float.MinValue);
    }

    /// <summary>
    /// Records where rows look with one head: what each chunk summed, in the proportion that the chunks are joined in.
    /// </summary>
    private void Record(int head)
    {
        foreach (var group in _groups)
        {
            if (group.Probe is not { Stretches: > 0 } probe)
                continue;
            var length = PartLength(group.Rows);
            var parts = _parts.Pointer + group.FirstPart + head * group.Chunks * length;
            var maxima = parts + (long)group.Rows * _config.DKv;                      // [R], then the totals [R]
            for (var row = 0; row < group.Rows; row++)
            {
                var (max, total) = (float.NegativeInfinity, 0f);
                for (var chunk = 0; chunk < group.Chunks; chunk++)
                    max = MathF.Max(max, maxima[chunk * length + row]);
                for (var chunk = 0; chunk < group.Chunks; chunk++)
                    total += MathF.Exp(maxima[chunk * length + row] - max) * maxima[chunk * length + group.Rows + row];
                for (var chunk = 0; chunk < group.Chunks; chunk++)
                    probe.Add(_layer, head, probe.StretchesIn(chunk * ChunkKeys, ChunkKeys).First,
                        Look(group, probe, head, row, chunk), MathF.Exp(maxima[chunk * length + row] - max) / total);
            }
        }
    }

    // A chunk's place among the looks of a row; a stretch at the border of two chunks has one in each.
    private Span<float> Look(Group group, CrossAttentionProbe probe, int head, int row, int chunk)
    {
        var count = Math.Min(ChunkKeys, group.Memory.Length - chunk * ChunkKeys);
        var (first, end) = probe.StretchesIn(chunk * ChunkKeys, count);
        var start = group.FirstLook + ((long)head * group.Rows + row) * LookLength(probe, group.Chunks) + first + chunk;
        return new(_looks.Pointer + start, Math.Max(0, end - first));
    }

    private static int LookLength(CrossAttentionProbe probe, int chunks) => probe.Stretches + chunks;

    private void Join(int item)
    {
        var (group, head) = (_groups[item / _config.NumHeads], item % _config.NumHeads);
        var length = PartLength(group.Rows);
        var parts = _parts.Pointer + group.FirstPart + head * group.Chunks * length;
        var toMax = (long)group.Rows * _config.DKv;
        for (var row = 0; row < group.Rows; row++)
        {
            var max = float.NegativeInfinity;
            for (var chunk = 0; chunk < group.Chunks; chunk++)
                max = MathF.Max(max, parts[chunk * length + toMax + row]);

            var context = _q + (long)(group.Row + row) * _config.InnerWidth + head * _config.DKv;            // [D]
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
