using System.Numerics.Tensors;

namespace LongT5.Generation.Rules;

/// <summary>Divides the scores: below 1 the likely become likelier.</summary>
sealed class Temperature(double temperature) : LogitRule
{
    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
        => TensorPrimitives.Divide(scores, (float)temperature, scores);
}
