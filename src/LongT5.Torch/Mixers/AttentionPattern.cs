using LongT5.Formats;
using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>
/// Who may look at whom, and with which bias: all that an attention needs to know besides q, k and v.
/// </summary>
/// <remarks>
/// One pattern serves every layer of a stack. Queries are taken in chunks; a chunk looks at one stretch of keys and,
/// where there are some, at all global keys. The bias depends on distance alone, so that one matrix serves every chunk:
/// its column c stands for the key at c - <see cref="Before"/> + the chunk's first query.
/// </remarks>
sealed record AttentionPattern
{
    /// <summary>
    /// What is added to the score of a key that must not be seen; finite, so that a row of nothing else stays a number.
    /// </summary>
    public const float Never = -1e10f;

    /// <summary>Queries of a chunk: 128, or as many as there are.</summary>
    public static int ChunkOf(int queries) => Math.Min(128, queries);

    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Queries that are computed together.</summary>
    public required int Chunk { get; init; }

    /// <summary>Keys that a chunk may see before its first query.</summary>
    public required int Before { get; init; }

    /// <summary>Keys that a chunk may see from its first query on.</summary>
    public required int After { get; init; }

    /// <summary>[H, chunk, before + after], or null where there is no bias.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>The biases of the global keys by distance in blocks, [H, 2 G - 1]; null where there are none.</summary>
    public Tensor? GlobalBias { get; init; }

    /// <summary>The biases of all keys beyond the radius, before and behind, [2, H]; null where none is seen.</summary>
    public Tensor? FarBias { get; init; }

    /// <summary>0 or <see cref="Never"/> for each key, [B, 1, 1, keys]; null where every key is real.</summary>
    public Tensor? KeyMask { get; init; }

    /// <summary>The global keys, where there are some.</summary>
    public GlobalPattern? Global { get; init; }

    /// <summary>A chunk: where its queries and the keys that it sees begin, and how many they are.</summary>
    public readonly record struct Stretch(int Query, int Queries, int Key, int Keys);

    /// <summary>The chunk of a number, where there are so many queries and keys.</summary>
    public Stretch At(int chunk, int queries, int keys)
    {
        var query = chunk * Chunk;
        var (first, end) = (Math.Max(0, query - Before), Math.Min(keys, query + After));
        return new(query, Math.Min(Chunk, queries - query), first, end - first);
    }

    /// <summary>The part of <see cref="Bias"/>, or of its gradient, that is of a chunk: [H, queries, keys].</summary>
    public Tensor Biases(Tensor bias, in Stretch chunk)
        => bias.narrow(1, 0, chunk.Queries).narrow(2, chunk.Key - chunk.Query + Before, chunk.Keys);

    /// <summary>Each query sees the keys within a radius: the local part of the encoder's attention.</summary>
    public static AttentionPattern Local(
        Tensor table, int radius, Batch batch, LongT5Config config, GlobalPattern? global = null,
        Tensor? globalTable = null)
    {
        var chunk = ChunkOf(batch.InputLength);
        using var scope = NewDisposeScope();
        return new()
        {
            Heads = config.NumHeads,
            Chunk = chunk,
            Before = radius,
            After = chunk + radius,
            Bias = ByDistance(table, chunk, radius, chunk + radius, radius, bothWays: true, config)
                .MoveToOuterDisposeScope(),
            KeyMask = batch.InputMask,
            Global = global,
            GlobalBias = globalTable is null ? null : global?.Line(globalTable).MoveToOuterDisposeScope(),
        };
    }

    /// <summary>Each query sees itself and the keys before it: the decoder's self-attention.</summary>
    public static AttentionPattern Causal(Tensor table, int length, LongT5Config config)
    {
        var chunk = ChunkOf(length);
        return new()
        {
            Heads = config.NumHeads,
            Chunk = chunk,
            Before = length,
            After = chunk,
            Bias = ByDistance(table, chunk, length, chunk, length, bothWays: false, config),
        };
    }

    /// <summary>Each query sees every key, without bias: the decoder's attention to the encoder.</summary>
    public static AttentionPattern Cross(int targetLength, Batch batch, LongT5Config config) => new()
    {
        Heads = config.NumHeads,
        Chunk = ChunkOf(targetLength),
        Before = targetLength,
        After = batch.EncodedLength,
        KeyMask = batch.EncodedMask,
    };

    // One line of biases by distance, slid over the rows: row i of the matrix begins one distance before row i - 1.
    static Tensor ByDistance(
        Tensor table, int chunk, int before, int after, int radius, bool bothWays, LongT5Config config)
    {
        using var scope = NewDisposeScope();
        var first = -(before + chunk - 1);
        var line = RelativePosition.Line(table, first, chunk + before + after - 1, bothWays, config);
        var distances = arange(first, after, device: table.device);
        var hidden = bothWays ? distances.abs().gt(Number.Of(radius)) : distances.gt(Number.Of(0));
        return line.masked_fill(hidden, Number.Of(Never)).unfold(1, before + after, 1).flip(1).contiguous()
            .MoveToOuterDisposeScope();
    }
}
