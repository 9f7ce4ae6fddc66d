// Shapes: S stretches of an input, H heads.

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

    /// <summary>Adds the weights with which one token looked, of one head.</summary>
    internal void Add(int layer, int head, ReadOnlySpan<float> weights)
    {
        var sums = Row(layer, head);
        for (var s = 0; s < sums.Length; s++)
        {
            var sum = 0f;
            foreach (var weight in weights[_bounds[s].._bounds[s + 1]])
                sum += weight;
            sums[s] += sum;
        }
    }

    private Span<float> Row(int layer, int head)
        => _sums.AsSpan((layer * _heads + head) * Stretches, Stretches);
}
