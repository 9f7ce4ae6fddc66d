// Shapes: L tokens, G groups, C model width.

using LongT5.Kernels;

namespace LongT5.Model.Layers;

/// <summary>
/// The means of groups of tokens, once after the encoder (after Dai et al. 2020); the last group may be smaller.
/// </summary>
static unsafe class Pooling
{
    /// <param name="states">[L, C].</param>
    /// <param name="length">L.</param>
    /// <param name="width">C.</param>
    /// <param name="stride">Tokens of a group.</param>
    /// <param name="target">[G, C].</param>
    /// <param name="workers">Who computes.</param>
    public static void Mean(float* states, int length, int width, int stride, float* target, Workers workers)
        => workers.For((length - 1) / stride + 1, group =>
        {
            var (first, end) = (group * stride, (int)Math.Min(length, (group + 1L) * stride));
            var mean = target + (long)group * width;
            new Span<float>(mean, width).Clear();
            for (var token = first; token < end; token++)
                Vectors.Add(mean, states + (long)token * width, width);
            Vectors.Scale(mean, 1f / (end - first), width);
        });
}
