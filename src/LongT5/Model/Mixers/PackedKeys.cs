// Shapes: K keys of an input, H heads, D head width, I = H D.

using LongT5.Kernels;

namespace LongT5.Model.Mixers;

/// <summary>Keys and values of all inputs of a batch, packed for products, and the biases of their distances.</summary>
sealed unsafe class PackedKeys
{
    private readonly LongT5Config _config;
    private readonly KeySet[] _sets;
    private readonly NativeBuffer _biases;                                            // [H, 2 (margin + reach) + 1]
    private readonly int _reach;

    /// <param name="config">The shape of the model.</param>
    /// <param name="blocks">What the keys of each input stand for.</param>
    /// <param name="table">[buckets, H]: what a score gains by distance.</param>
    /// <param name="reach">The greatest distance at which a key is seen.</param>
    /// <param name="arena">Holds the memory.</param>
    public PackedKeys(LongT5Config config, GlobalBlocks[] blocks, float* table, int reach, Arena arena)
    {
        (_config, _reach) = (config, reach);
        var panels = arena.Take(blocks.Sum(some => PanelsLength(some.Count))).Pointer;
        var values = arena.Take(blocks.Sum(some => ValuesLength(some.Count))).Pointer;
        _biases = arena.Own(RelativePosition.Both(table, config.NumHeads, config.RelativeAttentionNumBuckets,
            config.RelativeAttentionMaxDistance, reach, FusedAttention.Margin));
        _sets = new KeySet[blocks.Length];
        for (var i = 0; i < _sets.Length; i++)
        {
            _sets[i] = new()
            {
                Blocks = blocks[i],
                Panels = panels,
                Values = values,
                Biases = _biases.Pointer,
                Reach = reach
            };
            panels += PanelsLength(blocks[i].Count);
            values += ValuesLength(blocks[i].Count);
        }
    }

    /// <summary>Takes the biases of another table: that of the layer that comes.</summary>
    public void SetBiases(float* table)
        => RelativePosition.Both(table, _config.NumHeads, _config.RelativeAttentionNumBuckets,
        _config.RelativeAttentionMaxDistance, _reach, FusedAttention.Margin, _biases.Pointer);

    /// <summary>Those of one input.</summary>
    public KeySet Of(RaggedBatch.Input input) => _sets[input.Index];

    /// <summary>Takes over keys and values of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="keys">[count, I].</param>
    /// <param name="values">[count, I].</param>
    /// <param name="first">The position of the first, a multiple of a panel.</param>
    /// <param name="count">How many.</param>
    /// <param name="workers">Who computes.</param>
    public void Pack(RaggedBatch.Input input, float* keys, float* values, int first, int count, Workers workers)
    {
        var (set, width, inner) = (_sets[input.Index], _config.DKv, _config.InnerWidth);
        workers.For(_config.NumHeads, head => Tiles.PackKeys(keys + head * width, inner, count, width,
            set.Panels + head * Tiles.PanelsLength(set.Blocks.Count, width) + (long)first * width));
        workers.For(_config.NumHeads, head => Tiles.PackValues(values + head * width, inner, count, width,
            set.Values + head * Tiles.ValuesLength(set.Blocks.Count, width) + (long)first * Tiles.PanelKeys,
            set.Blocks.Count));
    }

    /// <summary>A key and its value again: [D] each.</summary>
    public void Read(RaggedBatch.Input input, int head, int token, float* key, float* value)
    {
        var (set, width, panel) = (_sets[input.Index], _config.DKv, Tiles.PanelKeys);
        var keys = set.Panels + head * Tiles.PanelsLength(set.Blocks.Count, width) + (long)(token / panel) * panel
            * width + token % panel;
        var values = set.Values + head * Tiles.ValuesLength(set.Blocks.Count, width) + (long)token * panel;
        for (var i = 0; i < width; i++)
        {
            key[i] = keys[(long)i * panel];
            value[i] = values[(long)(i / panel) * set.Blocks.Count * panel + i % panel];
        }
    }

    private long PanelsLength(int keys) => _config.NumHeads * Tiles.PanelsLength(keys, _config.DKv);

    private long ValuesLength(int keys) => _config.NumHeads * Tiles.ValuesLength(keys, _config.DKv);
}
