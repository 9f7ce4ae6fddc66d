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

/// <summary>One session's decoder: takes up to <see cref="MostRows"/> tokens through all layers at once.</summary>
/// <remarks>
/// Rows may be beams, drafts, or a chain in which each is the next one's past: their keys and values are in the tree
/// before any of them looks, so all come out as they would one by one.
/// </remarks>
sealed unsafe class Decoder
{
    /// <summary>Rows of the few-row kernel.</summary>
    public const int MostRows = 64;

    private readonly LongT5Config _config;
    private readonly DecoderWeights _weights;
    private readonly KeyValueTree _tree;
    private readonly Workers _workers;
    private readonly SelfAttention _self;
    private readonly EncoderDecoderAttention _cross;
    private readonly Sublayer[] _sublayers;
    private readonly Residual _states;                                                // [R, C]
    private readonly NativeBuffer _normed;                                            // [R, C]
    private readonly int[] _inputs = new int[MostRows];

    public Decoder(
        LongT5Config config, DecoderWeights weights, KeyValueTree tree, CrossMemory[] memories, Arena arena,
        Workers workers)
    {
        (_config, _weights, _tree, _workers) = (config, weights, tree, workers);
        _self = new(config, weights.Self, weights.Tables, tree, MostRows, arena, workers);
        _cross = new(config, weights.Cross, memories, MostRows, arena, workers);
        _sublayers = [_self, _cross, new FeedForward(config, weights.FeedForward, Place.Decoder, MostRows,
            arena, workers)];
        _states = new(config.Extensions.IsReversible, MostRows * (long)config.DModel, arena);
        _normed = arena.Take(MostRows * (long)config.DModel);
    }

    /// <summary>Decodes some nodes of the tree; keeps their states for <see cref="Logits"/>.</summary>
    /// <param name="nodes">Up to <see cref="MostRows"/> nodes whose pasts were
    /// decoded before or stand here too.</param>
    /// <param name="tokens">Their tokens.</param>
    /// <param name="weightsFrom">The first row whose cross-attention is wanted.</param>
    /// <param name="crossWeights">[rows wanted, H, L] for the last layer, or null.</param>
    /// <param name="probe">Hides tokens of the input and records where all rows look; null for neither.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public void Run(
        ReadOnlySpan<int> nodes, ReadOnlySpan<int> tokens, int weightsFrom, float* crossWeights,
        CrossAttentionProbe? probe, CancellationToken cancellation)
    {
        var rows = nodes.Length;
        _weights.Embedding.Of(tokens, _states.Pointer, Place.Decoder, _workers);
        _states.Begin((long)rows * _config.DModel);
        for (var row = 0; row < rows; row++)
            _inputs[row] = _tree.Input(nodes[row]);
        _self.Follow(nodes);
        _cross.Follow(_inputs.AsSpan(0, rows), weightsFrom, crossWeights, probe);
        for (var layer = 0; layer < _config.NumDecoderLayers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var sublayer in _sublayers)
                _states.Add(sublayer, layer, rows);
        }
        _states.Join(_states.Pointer, (long)rows * _config.DModel);
    }

    /// <summary>What the head makes of rows that <see cref="Run"/> left: [count, V].</summary>
    public void Logits(int first, int count, float* logits)
    {
        var h = _normed.Pointer;                                                      // [count, C]
        RmsNorm.Rows(_states.Pointer + (long)first * _config.DModel, count, _weights.Norm, _config.LayerNormEpsilon, h,
            _config.DModel, _workers);
        _weights.Head.Apply(h, count, logits, _workers);
    }
}
