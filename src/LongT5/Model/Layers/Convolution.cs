// Shapes: T tokens of all inputs, N of a chunk, C model width, K kernel.

using System.Numerics.Tensors;
using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>The weights of a convolution: two norms [C], C to 2 C, K numbers a channel, C to C.</summary>
sealed unsafe class ConvolutionWeights
{
    public ConvolutionWeights(LongT5Config config, Weights weights, int layer)
    {
        var name = $"encoder.block.{layer}.convolution";
        Norm = weights.Vector($"{name}.layer_norm.weight");
        In = weights.Linear($"{name}.pointwise_in");
        InnerNorm = weights.Vector($"{name}.depthwise_norm.weight");
        Out = weights.Linear($"{name}.pointwise_out");
        var (channels, kernel) = (config.DModel, config.Extensions.Convolution!.Kernel);
        var stored = weights.Vector($"{name}.depthwise.weight");                      // [C, 1, K]
        Taps = new float[kernel][];
        for (var tap = 0; tap < kernel; tap++)
        {
            Taps[tap] = new float[channels];
            for (var channel = 0; channel < channels; channel++)
                Taps[tap][channel] = stored[channel * kernel + tap];
        }
    }

    public float* Norm { get; }

    public Linear In { get; }

    /// <summary>[K][C]</summary>
    public float[][] Taps { get; }

    public float* InnerNorm { get; }

    public Linear Out { get; }
}

/// <summary>
/// Conformer's convolution module: x += W2 silu(norm(conv(glu(W1 norm(x))))). Nothing is seen beyond an input's ends.
/// </summary>
/// <param name="config">The shape of the model.</param>
/// <param name="layers">The weights of the first layers, which have it.</param>
/// <param name="batch">The inputs.</param>
/// <param name="arena">Holds the memory.</param>
/// <param name="workers">Who computes.</param>
sealed unsafe class Convolution(
    LongT5Config config, ConvolutionWeights[] layers, RaggedBatch batch, Arena arena, Workers workers) : Sublayer
{
    private readonly NativeBuffer _normed = arena.Take((long)batch.LargestChunk * config.DModel);        // [N, C]
    private readonly NativeBuffer _wide = arena.Take(2L * batch.LargestChunk * config.DModel);           // [N, 2 C]
    private readonly NativeBuffer _gated = arena.Take((long)batch.Rows * config.DModel);                 // [T, C]

    public override bool IsIn(int layer) => layer < layers.Length;

    // what a token's neighbours give it, then what it makes of them
    public override int Slices(int rows) => 2 * batch.Chunks.Count;

    public override void Add(int layer, int slice, float* from, float* to, int rows)
    {
        if (slice < batch.Chunks.Count)
            Open(layers[layer], batch.Chunks[slice], from);
        else
            Close(layers[layer], batch.Chunks[slice - batch.Chunks.Count], to);
    }

    private void Open(ConvolutionWeights weights, RaggedBatch.Chunk chunk, float* from)
    {
        var (width, at) = (config.DModel, (long)chunk.Row * config.DModel);
        RmsNorm.Rows(from + at, chunk.Count, weights.Norm, config.LayerNormEpsilon, _normed.Pointer, width, workers);
        weights.In.Apply(Place.Encoder, _normed.Pointer, chunk.Count, _wide.Pointer, workers);
        workers.For(chunk.Count,
            row => Gate(_wide.Pointer + 2L * row * width, _gated.Pointer + at + (long)row * width));
    }

    private void Close(ConvolutionWeights weights, RaggedBatch.Chunk chunk, float* to)
    {
        var width = config.DModel;
        var h = _normed.Pointer;                                                                         // [N, C]
        foreach (var piece in chunk.Pieces)
        {
            var (input, first) = (piece.Input, piece.First);
            var target = h + (long)(input.Row + first - chunk.Row) * width;
            workers.For(piece.Count, i => Convolve(weights.Taps, input, first + i, target + (long)i * width));
        }
        RmsNorm.Rows(h, chunk.Count, weights.InnerNorm, config.LayerNormEpsilon, h, width, workers);
        workers.For(chunk.Count, row => Activations.Apply(Activation.Silu, h + (long)row * width, width));
        weights.Out.Apply(Place.Encoder, h, chunk.Count, to + (long)chunk.Row * width, workers, add: true);
    }

    /// <summary>u[:C] · sigmoid(u[C:])</summary>
    private void Gate(float* u, float* target)
    {
        var width = config.DModel;
        Span<float> gate = new(u + width, width), result = new(target, width);
        TensorPrimitives.Sigmoid(gate, gate);
        TensorPrimitives.Multiply(new Span<float>(u, width), gate, result);
    }

    private void Convolve(float[][] taps, RaggedBatch.Input input, int token, float* target)
    {
        var result = new Span<float>(target, config.DModel);
        result.Clear();
        for (var tap = 0; tap < taps.Length; tap++)
        {
            var other = token + tap - (taps.Length - 1) / 2;
            if (other < 0 || other >= input.Length)
                continue;
            var states = new Span<float>(_gated.Pointer + (long)(input.Row + other) * config.DModel, config.DModel);
            TensorPrimitives.MultiplyAdd(states, taps[tap], result, result);
        }
    }
}
