using System.Numerics.Tensors;
using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>
/// Draws each token by its probability. Each of an input's samples has a rank, and random numbers of its own.
/// </summary>
sealed class Sampling(Settings settings, LogitRule[] rules, StopStrings? stops, int rank)
    : Line(settings, rules, stops)
{
    private readonly Philox _random = new(settings.Seed);
    private float[] _weights = [];

    private protected override int Choose(Span<float> scores)
    {
        var best = TensorPrimitives.Max<float>(scores);
        if (float.IsNaN(best))
            throw NotANumber();
        if (float.IsNegativeInfinity(best))
            throw new InvalidOperationException(
                $"The options rule out every token after {Length}; allow more, or sample without them.");

        if (_weights.Length == 0)
            _weights = new float[scores.Length];
        TensorPrimitives.Subtract(scores, best, _weights);
        TensorPrimitives.Exp<float>(_weights, _weights);
        double total = 0;
        foreach (var weight in _weights)
            total += weight;

        var left = _random.Uniform((uint)rank, (uint)(Ids.Length - Settings.Prompt.Length + 1), 0) * total;
        var chosen = -1;
        for (var token = 0; token < _weights.Length; token++)
        {
            if (_weights[token] == 0)
                continue;
            chosen = token;
            left -= _weights[token];
            if (left < 0)
                break;
        }
        return chosen;
    }
}
