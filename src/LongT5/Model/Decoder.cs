// Shapes: R rows, C model width, I = heads x head width.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>One session's decoder: takes up to <see cref="MostRows"/> tokens through all layers at once.</summary>
/// <remarks>
/// Rows may be beams, drafts, or a chain in which each is the next one's past: their keys and values are in the tree
/// before any of them looks, so all come out as they would one by one.
/// </remarks>
sealed unsafe class Decoder : IDisposable
{
    /// <summary>Rows of the few-row kernel.</summary>
    public const int MostRows = 64;

    private readonly LongT5Config _config;
    private readonly Weights _weights;
    private readonly KeyValueTree _tree;
    private readonly Workers _workers;
    private readonly PathAttention _selfAttention;
    private readonly CrossAttention _crossAttention;
    private readonly FeedForward _feedForward;
    private readonly NativeBuffer _states;                                            // [R, C]
    private readonly NativeBuffer _normed;                                            // [R, C]
    private readonly NativeBuffer _queries;                                           // [R, I]
    private readonly NativeBuffer _keys;                                              // [R, I]
    private readonly NativeBuffer _values;                                            // [R, I]
    private readonly int[] _inputs = new int[MostRows];

    public Decoder(LongT5Config config, Weights weights, KeyValueTree tree, CrossMemory[] memories, Workers workers)
    {
        (_config, _weights, _tree, _workers) = (config, weights, tree, workers);
        _selfAttention = new(config, weights, tree, MostRows, workers);
        _crossAttention = new(config, memories, workers);
        _feedForward = new(config, MostRows, FewRows.Multiply, workers);
        _states = new(MostRows * (long)config.DModel);
        _normed = new(MostRows * (long)config.DModel);
        _queries = new(MostRows * (long)config.InnerWidth);
        _keys = new(MostRows * (long)config.InnerWidth);
        _values = new(MostRows * (long)config.InnerWidth);
    }

    /// <summary>Decodes some nodes of the tree; keeps their states for <see cref="Logits"/>.</summary>
    /// <param name="nodes">Up to <see cref="MostRows"/> nodes whose pasts were decoded before or stand here too.</param>
    /// <param name="tokens">Their tokens.</param>
    /// <param name="weightsFrom">The first row whose cross-attention is wanted.</param>
    /// <param name="crossWeights">[rows wanted, H, L] for the last layer, or null.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public void Run(
        ReadOnlySpan<int> nodes, ReadOnlySpan<int> tokens, int weightsFrom, float* crossWeights,
        CancellationToken cancellation)
    {
        var rows = nodes.Length;
        var x = _states.Pointer;                                                      // [R, C]
        for (var row = 0; row < rows; row++)
        {
            _inputs[row] = _tree.Input(nodes[row]);
            Halves.ToFloats(
                _weights.Embedding.Type, _weights.Embedding.Row(tokens[row]), x + (long)row * _config.DModel, _config.DModel);
        }
        _selfAttention.Follow(nodes);
        _crossAttention.Follow(_inputs.AsSpan(0, rows));

        for (var i = 0; i < _weights.Decoder.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var layer = _weights.Decoder[i];
            LookBack(nodes, i, layer);
            LookAcross(rows, i, layer, weightsFrom, i == _weights.Decoder.Length - 1 ? crossWeights : null);
            _feedForward.Apply(x, rows, layer.FeedForwardNorm, layer.FeedForward);
        }
    }

    /// <summary>The logits of rows that <see cref="Run"/> left: [count, V].</summary>
    public void Logits(int first, int count, float* logits)
    {
        var h = _normed.Pointer;
        Norm(_states.Pointer + (long)first * _config.DModel, count, _weights.DecoderNorm);
        if (_weights.ScalesOutput)
            Vectors.Scale(h, 1 / MathF.Sqrt(_config.DModel), (long)count * _config.DModel);
        FewRows.Multiply(h, count, _weights.Head, logits, _workers);                  // [count, V]
    }

    public void Dispose()
    {
        _selfAttention.Dispose();
        _crossAttention.Dispose();
        _feedForward.Dispose();
        _states.Dispose();
        _normed.Dispose();
        _queries.Dispose();
        _keys.Dispose();
        _values.Dispose();
    }

    /// <summary>x += self-attention(norm(x)).</summary>
    private void LookBack(ReadOnlySpan<int> nodes, int index, DecoderLayerWeights layer)
    {
        var (rows, inner) = (nodes.Length, _config.InnerWidth);
        Norm(_states.Pointer, rows, layer.SelfNorm);
        FewRows.Multiply(_normed.Pointer, rows, layer.Self.Query, _queries.Pointer, _workers);               // [R, I]
        FewRows.Multiply(_normed.Pointer, rows, layer.Self.Key, _keys.Pointer, _workers);                    // [R, I]
        FewRows.Multiply(_normed.Pointer, rows, layer.Self.Value, _values.Pointer, _workers);                // [R, I]
        for (var row = 0; row < rows; row++)
        {
            var key = _tree.Key(nodes[row], index);
            var value = key + KeyValueTree.ToValue(inner);
            new Span<float>(_keys.Pointer + (long)row * inner, inner).CopyTo(new(key, inner));
            new Span<float>(_values.Pointer + (long)row * inner, inner).CopyTo(new(value, inner));
        }
        _selfAttention.Apply(_queries.Pointer, index);
        FewRows.Multiply(_queries.Pointer, rows, layer.Self.Output, _states.Pointer, _workers, add: true);   // [R, C]
    }

    /// <summary>x += cross-attention(norm(x)).</summary>
    private void LookAcross(int rows, int index, DecoderLayerWeights layer, int weightsFrom, float* crossWeights)
    {
        Norm(_states.Pointer, rows, layer.CrossNorm);
        FewRows.Multiply(_normed.Pointer, rows, layer.Cross.Query, _queries.Pointer, _workers);              // [R, I]
        if (crossWeights is not null)
        {
            for (var row = weightsFrom; row < rows; row++)
            {
                var query = _queries.Pointer + (long)row * _config.InnerWidth;
                crossWeights += _crossAttention.Weights(query, _inputs[row], index, crossWeights);
            }
        }
        _crossAttention.Apply(_queries.Pointer, index);
        FewRows.Multiply(_queries.Pointer, rows, layer.Cross.Output, _states.Pointer, _workers, add: true);  // [R, C]
    }

    private void Norm(float* x, int rows, float* weight)
        => RmsNorm.Rows(x, rows, weight, _config.LayerNormEpsilon, _normed.Pointer, _config.DModel, _workers);
}
