using LongT5.Training.Data;

namespace LongT5.Training.Losses;

/// <summary>
/// What each source of a mixture loses: the sum of the cross-entropies of its labels as the model learns from them, and
/// their number. Label smoothing, teachers and other terms of the loss are not among it, as on held-out texts.
/// </summary>
sealed class LossBySource
{
    readonly Dictionary<string, (double Sum, long Labels)> _sums = [];

    /// <summary>Sums and numbers by the names of the sources.</summary>
    public IReadOnlyDictionary<string, (double Sum, long Labels)> Sums => _sums;

    /// <summary>Takes note of labels.</summary>
    public void Add(string source, double sum, long labels)
    {
        var before = _sums.GetValueOrDefault(source);
        _sums[source] = (before.Sum + sum, before.Labels + labels);
    }
}
