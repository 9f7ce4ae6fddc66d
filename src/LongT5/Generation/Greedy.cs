using LongT5.Generation.Rules;

namespace LongT5.Generation;

/// <summary>Takes the best token, always.</summary>
sealed class Greedy(Settings settings, LogitRule[] rules, StopStrings? stops) : Line(settings, rules, stops)
{
    private protected override int Choose(Span<float> scores) => Best(scores);
}
