using System.Text.Json;

namespace LongT5.Training.Tuning;

/// <summary>What became of a trial on a rung, or of the whole of it.</summary>
sealed record TrialResult
{
    /// <summary>The number of the trial, from 1; the first is the run as it stands.</summary>
    public required int Trial { get; init; }

    /// <summary>The rung of the halving; 0 where there is none.</summary>
    public int Rung { get; init; }

    /// <summary>The steps that it took.</summary>
    public long Step { get; init; }

    /// <summary>The values that were tried, by the names of their fields.</summary>
    public required Dictionary<string, JsonElement> Values { get; init; }

    /// <summary>How good the model is on the held-out texts, the higher the better; null where the trial failed.
    /// </summary>
    public double? Held { get; init; }

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>For an order: what failed, or is no number, is the worst.</summary>
    public double Score => Held is { } held && !double.IsNaN(held) ? held : double.NegativeInfinity;
}
