// Shapes: R rows, C model width, H heads, L tokens of an input, I = heads x head width.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The decoder's look at what it reads: x += o(attention over the encoded input of each row).</summary>
/// <param name="config">The shape of the model.</param>
/// <param name="layers">The weights of each layer.</param>
/// <param name="memories">Keys and values of each input.</param>
/// <param name="mostRows">R at most.</param>
/// <param name="arena">Holds the memory.</param>
/// <param name="workers">Who computes.</param>
sealed unsafe class EncoderDecoderAttention(
    LongT5Config config, AttentionWeights[] layers, CrossMemory[] memories, int mostRows, Arena arena,
    Workers workers) : Sublayer
{
    private readonly CrossAttention _attention = new(config, memories, arena, workers);
    private readonly NativeBuffer _normed = arena.Take((long)mostRows * config.DModel);         // [R, C]
    private readonly NativeBuffer _queries = arena.Take((long)mostRows * config.InnerWidth);    // [R, I]
    private readonly int[] _inputs = new int[mostRows];
    private int _rows;
    private int _firstWanted;
    private float* _wanted;

    /// <summary>Tells over which inputs the rows of all layers now look.</summary>
    /// <param name="inputs">The input of each row.</param>
    /// <param name="firstWanted">The first row whose weights in the last layer are wanted.</param>
    /// <param name="wanted">[rows wanted, H, L], or null.</param>
    /// <param name="probe">Hides tokens from all rows and records where they look; null for neither.</param>
    public void Follow(ReadOnlySpan<int> inputs, int firstWanted, float* wanted, CrossAttentionProbe? probe)
    {
        inputs.CopyTo(_inputs);
        (_rows, _firstWanted) = (inputs.Length, firstWanted);
        _wanted = wanted;
        _attention.Follow(inputs, probe);
    }

    public override void Add(int layer, float* from, float* to, int rows)
    {
        var weights = layers[layer];
        RmsNorm.Rows(from, rows, weights.Norm, config.LayerNormEpsilon, _normed.Pointer, config.DModel, workers);
        weights.Query.Apply(Place.Decoder, _normed.Pointer, rows, _queries.Pointer, workers);                // [R, I]
        if (_wanted is not null && layer == layers.Length - 1)
            Show(layer);
        _attention.Apply(_queries.Pointer, layer);
        weights.Output.Apply(Place.Decoder, _queries.Pointer, rows, to, workers, add: true);                 // [R, C]
    }

    private void Show(int layer)
    {
        var next = _wanted;
        for (var row = _firstWanted; row < _rows; row++)
            next += _attention.Weights(_queries.Pointer + (long)row * config.InnerWidth, _inputs[row], layer, next);
    }
}
