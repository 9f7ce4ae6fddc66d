// Shapes: N rows, C model width, F feed-forward width.

using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Model;

/// <summary>y = x wᵀ, or y += x wᵀ, of each output: one of the two matrix kernels, chosen by the place.</summary>
unsafe delegate void Product(float* x, int rows, ReadOnlySpan<Output> outputs, Workers workers, bool add = false);

/// <summary>The feed-forward layer: x += wo (act(wi_0 h) · wi_1 h) with h = norm(x), or x += wo act(wi h).</summary>
sealed unsafe class FeedForward(LongT5Config config, int mostRows, Product product, Workers workers) : IDisposable
{
    private readonly NativeBuffer _normed = new((long)mostRows * config.DModel);
    private readonly NativeBuffer _inner = new((long)mostRows * config.DFf);
    private readonly NativeBuffer _linear = new(config.IsGatedAct ? (long)mostRows * config.DFf : 0);

    /// <param name="x">[N, C], N up to the most rows; the result is added to it.</param>
    /// <param name="rows">N.</param>
    /// <param name="norm">[C].</param>
    /// <param name="weights">The three matrices, or two.</param>
    public void Apply(float* x, int rows, float* norm, FeedForwardWeights weights)
    {
        var h = _normed.Pointer;                                                                   // [N, C]
        var inner = _inner.Pointer;                                                                // [N, F]
        var linear = _linear.Pointer;                                                              // [N, F]
        RmsNorm.Rows(x, rows, norm, config.LayerNormEpsilon, h, config.DModel, workers);
        if (weights.Linear is { } gated)
            product(h, rows, [new(weights.In, inner), new(gated, linear)], workers);
        else
            product(h, rows, [new(weights.In, inner)], workers);
        workers.For(rows, new Activated(config, inner, linear));
        product(inner, rows, [new(weights.Out, x)], workers, add: true);
    }

    public void Dispose()
    {
        _normed.Dispose();
        _inner.Dispose();
        _linear.Dispose();
    }

    private readonly struct Activated(LongT5Config config, float* inner, float* linear) : ILoop
    {
        public void Run(int row)
        {
            var at = (long)row * config.DFf;
            if (config.IsGatedAct)
                Activations.Gate(config.DenseActFn, inner + at, linear + at, config.DFf);
            else
                Activations.Apply(config.DenseActFn, inner + at, config.DFf);
        }
    }
}
