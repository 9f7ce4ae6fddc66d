using System.Text.Json;
using LongT5.Training.Data;

namespace LongT5.Training.Tuning;

/// <summary>What is to be done next: a trial, as far as a rung.</summary>
readonly record struct Job(int Trial, int Rung);

/// <summary>
/// Which trial goes on or begins, with which values: a function of the options and of what has been, so that a search
/// that was stopped goes on as if it had not been.
/// </summary>
/// <remarks>
/// Halving is that of Li et al., "A System for Massively Parallel Hyperparameter Tuning" (2020), algorithm 2 (ASHA),
/// for one worker: wherever a trial belongs to the best 1 / factor of those that have reached its rung it goes on,
/// from the highest rung down; where none does, another begins. So no trial waits for others.
/// </remarks>
sealed class Plan(TuningOptions options, SearchSpace space)
{
    const int Attempts = 100; // to find values that were not tried

    /// <summary>The steps of each rung; the last is the whole run.</summary>
    public IReadOnlyList<long> Rungs { get; } = RungsOf(options);

    static long[] RungsOf(TuningOptions options)
    {
        var rungs = new List<long> { options.Run.Steps };
        if (options.Halving is { } halving)
            for (var steps = (double)options.Run.Steps / halving.Factor; steps >= halving.Least;
                steps /= halving.Factor)
            {
                // where the trials measure anyhow
                var rung = (long)steps / options.Run.Evaluation.Every * options.Run.Evaluation.Every;
                if (rung >= halving.Least && rung < rungs[0]) rungs.Insert(0, rung);
            }
        return [.. rungs];
    }

    /// <summary>What is to be done next; null where all is done.</summary>
    public Job? Next(IReadOnlyList<TrialResult> results)
    {
        for (var rung = Rungs.Count - 2; rung >= 0; rung--)
        {
            var reached = At(results, rung);
            var better = reached.Take(reached.Length / (options.Halving?.Factor ?? 1));
            if (better.Where(one => one.Failure is null).FirstOrDefault(GoesOn) is { } best)
                return new(best.Trial, rung + 1);
        }
        var begun = results.Select(one => one.Trial).DefaultIfEmpty().Max();
        var spent = results.Sum(one => one.Seconds) / 3600;
        if (begun < options.Trials && !(spent >= options.Hours) && Values(begun + 1, results) is not null)
            return new(begun + 1, 0);
        // At least one is taken to its end.
        if (results.Any(one => one.Rung == Rungs.Count - 1 && one.Failure is null)) return null;
        for (var rung = Rungs.Count - 2; rung >= 0; rung--)
            if (At(results, rung).Where(one => one.Failure is null).FirstOrDefault(GoesOn) is { } best)
                return new(best.Trial, rung + 1);
        return null;

        bool GoesOn(TrialResult one) => !results.Any(other => other.Trial == one.Trial && other.Rung == one.Rung + 1);
    }

    /// <summary>The values of a trial; null where the space has none that were not tried.</summary>
    /// <param name="trial">Its number.</param>
    /// <param name="results">What has been before it began.</param>
    public JsonElement[]? Values(int trial, IReadOnlyList<TrialResult> results)
    {
        if (results.FirstOrDefault(one => one.Trial == trial) is { } begun)
            return [.. space.Names.Select(name => begun.Values[name])];
        if (trial == 1) return space.Standing;
        var dice = new Dice(options.Seed, stream: 11, trial);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var values = Draw(ref dice, results);
            if (!results.Any(one => values.Zip(space.Names)
                .All(pair => JsonElement.DeepEquals(pair.First, one.Values[pair.Second])))) return values;
        }
        return null;
    }

    JsonElement[] Draw(ref Dice dice, IReadOnlyList<TrialResult> results)
    {
        // Of the highest rung that enough have reached, as BOHB (Falkner et al. 2018) does.
        var seen = Enumerable.Range(0, Rungs.Count).Reverse().Select(rung => At(results, rung))
            .FirstOrDefault(reached => reached.Length >= options.StartUp);
        var values = new JsonElement[space.Axes.Count];
        foreach (var (i, axis) in space.Axes.Index())
        {
            double[] Places(IEnumerable<TrialResult> of)
                => [.. of.Select(one => axis.PlaceOf(one.Values[space.Names[i]])).OfType<double>()];
            var place = options.Sampler == SamplerKind.Random || seen is null ? dice.Uniform()
                : Parzen.Next(ref dice, axis.Cells, Places(seen.Take(Parzen.GoodOf(seen.Length))),
                    Places(seen.Skip(Parzen.GoodOf(seen.Length))));
            values[i] = axis.At(place);
        }
        return values;
    }

    // Those that have reached a rung, the best first; of equals the earlier.
    static TrialResult[] At(IReadOnlyList<TrialResult> results, int rung)
        => [.. results.Where(one => one.Rung == rung).OrderByDescending(one => one.Score).ThenBy(one => one.Trial)];
}
