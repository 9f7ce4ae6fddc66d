// Shapes: N rows, C model width, F feed-forward width.

using LongT5.Kernels;
using LongT5.Machine;

namespace LongT5.Model.Layers;

/// <summary>The weights of a feed-forward sub-layer: a norm [C]; C to F, twice where it is gated; F to C.</summary>
sealed unsafe class FeedForwardWeights
{
    /// <param name="weights">Where they are.</param>
    /// <param name="sublayer">The sub-layer among the tensors: <c>encoder.block.0.layer.1</c>.</param>
    /// <param name="gated">Whether there are two matrices before the activation.</param>
    public FeedForwardWeights(Weights weights, string sublayer, bool gated)
    {
        Norm = weights.Vector($"{sublayer}.layer_norm.weight");
        In = weights.Linear($"{sublayer}.DenseReluDense.{(gated ? "wi_0" : "wi")}");
        Gated = gated ? weights.Linear($"{sublayer}.DenseReluDense.wi_1") : null;
        Out = weights.Linear($"{sublayer}.DenseReluDense.wo");
    }

    public float* Norm { get; }

    /// <summary>What the activation is applied to.</summary>
    public Linear In { get; }

    /// <summary>What the activation gates; null where nothing is gated.</summary>
    public Linear? Gated { get; }

    public Linear Out { get; }

    /// <summary>Bytes of its matrices.</summary>
    public double Bytes => In.Bytes + (Gated?.Bytes ?? 0) + Out.Bytes;
}

/// <summary>The feed-forward layer: x += wo (act(wi_0 h) · wi_1 h) with h = norm(x), or x += wo act(wi h).</summary>
/// <param name="config">The shape of the model.</param>
/// <param name="layers">The weights of each layer.</param>
/// <param name="place">The stack.</param>
/// <param name="mostRows">Rows that go through together.</param>
/// <param name="arena">Holds their memory.</param>
/// <param name="workers">Who computes.</param>
sealed unsafe class FeedForward(
    LongT5Config config, FeedForwardWeights[] layers, Place place, int mostRows, Arena arena,
    Workers workers) : Sublayer
{
    private readonly NativeBuffer _normed = arena.Take((long)mostRows * config.DModel);
    private readonly NativeBuffer _inner = arena.Take((long)mostRows * config.DFf);
    private readonly NativeBuffer _gated = arena.Take(config.IsGatedAct ? (long)mostRows * config.DFf : 0);

    // Of a slice: whoever comes meanwhile waits for it. Fewer rows than these would not be worth packing weights for.
    private const double MostOperations = 2e10;
    private const int LeastRows = 512;

    /// <summary>Rows that go through together, so that others need not wait long.</summary>
    public static int MostRows(LongT5Config config)
        => Math.Max(LeastRows, (int)(MostOperations / ModelWork.FeedForwardOfToken(config)));

    public override int Slices(int rows) => (rows + mostRows - 1) / mostRows;

    public override void Add(int layer, int slice, float* from, float* to, int rows)
    {
        var first = (long)slice * mostRows;
        Some(layers[layer], from + first * config.DModel, to + first * config.DModel,
            (int)Math.Min(mostRows, rows - first));
    }

    private void Some(FeedForwardWeights weights, float* from, float* to, int rows)
    {
        // [N, C]
        RmsNorm.Rows(from, rows, weights.Norm, config.LayerNormEpsilon, _normed.Pointer, config.DModel, workers);
        if (weights.Gated is { } gate)
            Linear.Apply(place, _normed.Pointer, rows, [new(weights.In, _inner.Pointer), new(gate, _gated.Pointer)],
                workers);
        else
            // [N, F]
            weights.In.Apply(place, _normed.Pointer, rows, _inner.Pointer, workers);
        workers.For(rows, new Activated(config, _inner.Pointer, _gated.Pointer));
        // [N, C]
        weights.Out.Apply(place, _inner.Pointer, rows, to, workers, add: true);
    }

    private readonly struct Activated(LongT5Config config, float* inner, float* gated) : ILoop
    {
        public void Run(int row)
        {
            var at = (long)row * config.DFf;
            if (config.IsGatedAct)
                Activations.Gate(config.DenseActFn, inner + at, gated + at, config.DFf);
            else
                Activations.Apply(config.DenseActFn, inner + at, config.DFf);
        }
    }
}
