// Shapes: R rows, C model width, V vocabulary.

using LongT5.Kernels;
using LongT5.Model.Heads;
using LongT5.Model.Layers;

namespace LongT5.Model;

/// <summary>The weights of the decoder, and of the head on it.</summary>
sealed unsafe class DecoderWeights
{
    public DecoderWeights(LongT5Config config, ModelHead head, Weights weights)
    {
        Embedding = weights.Embedding("decoder");
        Tables = [.. Enumerable.Range(0, config.HasBiasInEveryLayer ? config.NumDecoderLayers : 1)
            .Select(
                i => (nint)weights.Vector($"decoder.block.{i}.layer.0.SelfAttention.relative_attention_bias.weight"))];
        var layers = Enumerable.Range(0, config.NumDecoderLayers).Select(i => $"decoder.block.{i}.layer").ToArray();
        Self = [.. layers.Select(layer => new AttentionWeights(weights, $"{layer}.0", "SelfAttention"))];
        Cross = [.. layers.Select(layer => new AttentionWeights(weights, $"{layer}.1", "EncDecAttention"))];
        FeedForward = [.. layers.Select(layer => new FeedForwardWeights(weights, $"{layer}.2", config.IsGatedAct))];
        Norm = weights.Vector("decoder.final_layer_norm.weight");
        Head = DecoderHead.Of(config, head, weights);
    }

    public Embedding Embedding { get; }

    /// <summary>Of how long ago a token was decoded, each [buckets, H]: one for all layers, or one for each.</summary>
    public nint[] Tables { get; }

    public AttentionWeights[] Self { get; }

    public AttentionWeights[] Cross { get; }

    public FeedForwardWeights[] FeedForward { get; }

    /// <summary>[C]</summary>
    public float* Norm { get; }

    public DecoderHead Head { get; }

    /// <summary>Bytes of the matrices that a step reads; keys and values of cross attention are made before.</summary>
    public double StepBytes
        => Self.Sum(layer => layer.Query.Bytes + layer.Key.Bytes + layer.Value.Bytes + layer.Output.Bytes)
            + Cross.Sum(layer => layer.Query.Bytes + layer.Output.Bytes) + FeedForward.Sum(layer => layer.Bytes)
            + Head.Bytes;
}

/// <summary>Takes tokens of any sessions through all layers, up to <see cref="MostRows"/> at once.</summary>
sealed unsafe class Decoder
{
    /// <summary>Rows of the few-row kernel.</summary>
    public const int MostRows = 64;

    private readonly LongT5Config _config;
    private readonly Workers _workers;
    private readonly SelfAttention _self;
    private readonly EncoderDecoderAttention _cross;
    private readonly Sublayer[] _sublayers;
    private readonly Residual _states;                                                // [R, C]
    private readonly NativeBuffer _normed;                                            // [R, C]
    private readonly int[] _tokens = new int[MostRows];

    public Decoder(LongT5Config config, DecoderWeights weights, Arena arena, Workers workers)
    {
        (_config, Weights, _workers) = (config, weights, workers);
        _self = new(config, weights.Self, weights.Tables, MostRows, arena, workers);
        _cross = new(config, weights.Cross, MostRows, arena, workers);
        _sublayers = [_self, _cross, new FeedForward(config, weights.FeedForward, Place.Decoder, MostRows,
            arena, workers)];
        _states = new(config.Extensions.IsReversible, MostRows * (long)config.DModel, arena);
        _normed = arena.Take(MostRows * (long)config.DModel);
    }

    public DecoderWeights Weights { get; }

    /// <summary>Decodes rows, each with its past before it or among those decoded earlier.</summary>
    /// <param name="rows">Any number; those whose logits are not wanted come first.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public void Run(ReadOnlySpan<DecoderRow> rows, CancellationToken cancellation)
    {
        for (; !rows.IsEmpty; rows = rows[Math.Min(MostRows, rows.Length)..])
        {
            var some = rows[..Math.Min(MostRows, rows.Length)];
            Layers(some, cancellation);
            for (var row = 0; row < some.Length; row++)
            {
                if (some[row].State is not null)
                    States(row, 1, some[row].State);
            }
            var unwanted = 0;
            while (unwanted < some.Length && some[unwanted].Logits is null)
                unwanted++;
            if (unwanted < some.Length)
                Logits(some[unwanted..], unwanted);
        }
    }

    /// <summary>Lets rows that were decoded, and whose queries were kept, look once more.</summary>
    /// <param name="rows">Any number, each with a probe.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public void LookAgain(ReadOnlySpan<DecoderRow> rows, CancellationToken cancellation)
    {
        for (; !rows.IsEmpty; rows = rows[Math.Min(MostRows, rows.Length)..])
            _cross.LookAgain(rows[..Math.Min(MostRows, rows.Length)], cancellation);
    }

    private void Layers(ReadOnlySpan<DecoderRow> rows, CancellationToken cancellation)
    {
        for (var row = 0; row < rows.Length; row++)
            _tokens[row] = rows[row].Token;
        Weights.Embedding.Of(_tokens.AsSpan(0, rows.Length), _states.Pointer, Place.Decoder, _workers);
        _states.Begin((long)rows.Length * _config.DModel);
        _self.Follow(rows);
        // Rows of which neither logits nor states are wanted have done all there is to do when they have looked.
        var isSilent = IsSilent(rows);
        _cross.Follow(rows, isSilent);
        var steps = _config.NumDecoderLayers * _sublayers.Length - (isSilent ? 1 : 0);
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            _states.Add(_sublayers[step % _sublayers.Length], step / _sublayers.Length, rows.Length);
        }
        _states.Join(_states.Pointer, (long)rows.Length * _config.DModel);
    }

    private static bool IsSilent(ReadOnlySpan<DecoderRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Logits is not null || row.State is not null)
                return false;
        }
        return true;
    }

    /// <summary>The states of rows behind the last norm: [count, C].</summary>
    private void States(int first, int count, float* states)
        => RmsNorm.Rows(_states.Pointer + (long)first * _config.DModel, count, Weights.Norm, _config.LayerNormEpsilon,
            states, _config.DModel, _workers);

    /// <summary>What the head makes of rows, the first of which is <paramref name="first"/> of the states.</summary>
    private void Logits(ReadOnlySpan<DecoderRow> rows, int first)
    {
        var h = _normed.Pointer;                                                      // [R, C]
        var outputs = Weights.Head.Outputs;
        States(first, rows.Length, h);
        if (LieTogether(rows, outputs))
        {
            Weights.Head.Apply(h, rows.Length, rows[0].Logits, _workers);
            return;
        }
        using var logits = Scratch.Rent((long)rows.Length * outputs);                 // [R, V]
        Weights.Head.Apply(h, rows.Length, logits.Pointer, _workers);
        for (var row = 0; row < rows.Length; row++)
            new Span<float>(logits.Pointer + (long)row * outputs, outputs).CopyTo(new(rows[row].Logits, outputs));
    }

    private static bool LieTogether(ReadOnlySpan<DecoderRow> rows, int outputs)
    {
        for (var row = 1; row < rows.Length; row++)
        {
            if (rows[row].Logits != rows[row - 1].Logits + outputs)
                return false;
        }
        return true;
    }
}
