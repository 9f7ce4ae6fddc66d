using LongT5.Evaluation;

namespace LongT5.Data.Scoring;

/// <summary>A comparison with another system on the same examples.</summary>
/// <param name="System">What the other system is called.</param>
/// <param name="Differences">How much better the system at hand is, measure by measure.</param>
public sealed record SystemComparison(string System, IReadOnlyList<Difference> Differences);

/// <summary>One measure of two systems.</summary>
/// <param name="Measure">Its name.</param>
/// <param name="Theirs">The mean of the other system.</param>
/// <param name="Ours">What the system at hand has more, with the interval of the paired bootstrap.</param>
public sealed record Difference(string Measure, double Theirs, Comparison Ours);
