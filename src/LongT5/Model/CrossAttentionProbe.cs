// Shapes: S stretches of an input, H heads.

using System.Numerics.Tensors;

namespace LongT5.Model;

/// <summary>
/// What is asked of cross attention in one call of a session: where all tokens of the call looked, summed by stretches
/// of the input, and what is hidden from them.
/// </summary>
/// <remarks>
/// A weight is never kept by token: a layer has H x S sums, fewer than the input has tokens where a stretch is a
/// sentence.
/// </remarks>
public sealed class CrossAttentionProbe
{
    private readonly float[] _sums;                                                   // [layers, H, S]
    private readonly int[] _bounds;
    private readonly int _heads;

    /// <param name="config">The shape of the model.</param>
    /// <param name="bounds">S + 1 places in the input, rising: a stretch goes from one to the next. What stands before
    /// the first and behind the last is seen as ever, and is not summed.</param>
    /// <param name="hidden">Tokens of the input that no token of the call sees; null for none.</param>
    public CrossAttentionProbe(LongT5Config config, IReadOnlyList<int> bounds, Range? hidden = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(bounds);
        (_bounds, _heads, Hidden) = ([.. bounds], config.NumHeads, hidden);
        for (var i = 0; i < _bounds.Length; i++)
        {
            if (_bounds[i] < (i == 0 ? 0 : _bounds[i - 1]))
                throw new ArgumentException($"Bound {i} is {_bounds[i]}; bounds rise from 0.", nameof(bounds));
        }
        Stretches = Math.Max(0, _bounds.Length - 1);
        _sums = new float[checked(config.NumDecoderLayers * _heads * Stretches)];
    }

    /// <summary>S.</summary>
    public int Stretches { get; }

    /// <summary>Tokens of the input that no token of the call sees; null for none.</summary>
    public Range? Hidden { get; }

    /// <summary>[S]: how much of the attention of a head went to each stretch, added up over the call's tokens.
    /// </summary>
    public ReadOnlySpan<float> Sums(int layer, int head) => Row(layer, head);

    /// <summary>The first hidden token and the one behind the last, in an input of so many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not in the input, or they are all of it.</exception>
    internal (int Start, int End) HiddenIn(int length)
    {
        if (Hidden is not { } hidden) return (0, 0);
        var (start, count) = hidden.GetOffsetAndLength(length);
        return count < length ? (start, start + count)
            : throw new ArgumentOutOfRangeException(nameof(length), length, "All tokens of the input are hidden.");
    }

    /// <summary>Refuses an input that the bounds reach beyond.</summary>
    internal void Check(int length)
    {
        if (_bounds.Length > 0 && _bounds[^1] > length)
            throw new ArgumentException($"The last bound is {_bounds[^1]}, where the input has {length} tokens.");
        HiddenIn(length);
    }

    /// <summary>The stretches that have a token among some that follow each other.</summary>
    /// <param name="first">The first token.</param>
    /// <param name="count">How many.</param>
    internal (int First, int End) StretchesIn(int first, int count)
    {
        var (start, end) = (Below(first + 1), Below(first + count));
        return (Math.Max(0, start - 1), Math.Min(end, Stretches));
    }

    /// <summary>Sums the weights of some tokens that follow each other by the stretches in them.</summary>
    /// <param name="first">The first token.</param>
    /// <param name="weights">Of each token.</param>
    /// <param name="sums">Of each of <see cref="StretchesIn"/>.</param>
    internal void Sum(int first, ReadOnlySpan<float> weights, Span<float> sums)
    {
        var (from, end) = StretchesIn(first, weights.Length);
        for (var s = from; s < end; s++)
        {
            var start = Math.Max(0, _bounds[s] - first);
            var stop = Math.Clamp(_bounds[s + 1] - first, start, weights.Length);
            sums[s - from] = TensorPrimitives.Sum(weights[start..stop]);
        }
    }

    /// <summary>Adds sums of one token, of stretches from one on.</summary>
    internal void Add(int layer, int head, int from, ReadOnlySpan<float> sums, float scale)
    {
        var row = Row(layer, head)[from..];
        for (var s = 0; s < sums.Length; s++)
            row[s] += scale * sums[s];
    }

    // How many bounds are below a token.
    private int Below(int token)
    {
        var (low, high) = (0, _bounds.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_bounds[middle] < token) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private Span<float> Row(int layer, int head)
        => _sums.AsSpan((layer * _heads + head) * Stretches, Stretches);
}
