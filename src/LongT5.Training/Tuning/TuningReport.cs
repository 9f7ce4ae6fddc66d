using System.Globalization;
using System.Text;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Training.Reports;

namespace LongT5.Training.Tuning;

/// <summary>What a search found: a table, a drawing, and the best options.</summary>
static class TuningReport
{
    /// <summary>The names of its files.</summary>
    public const string Table = "tuning.md", Drawing = "tuning.svg", BestOptions = "best.json";

    /// <summary>Writes all three into the folder of the search.</summary>
    public static void Write(TuningOptions options, Tuner tuner)
    {
        Text(Table, Markdown(options, tuner));
        if (tuner.Results.Any(one => double.IsFinite(one.Score))) Text(Drawing, Svg(options, tuner));
        if (tuner.Best is { } best)
            FileReplacement.Write(Path.Combine(options.Output, BestOptions), stream
                => JsonSerializer.Serialize(stream, tuner.OptionsOf(best), TrainingOptions.Json));

        void Text(string name, string text)
            => FileReplacement.Write(Path.Combine(options.Output, name), stream
                => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>A line for each trial, the best first; what was taken to its end stands above what was not.</summary>
    public static string Markdown(TuningOptions options, Tuner tuner)
    {
        var text = new StringBuilder("# Tuning\n\n").Append(Summary(options, tuner)).Append("\n\n");
        Row("trial", [.. tuner.Names, "steps", $"held-out {TrainCommand.MeasureOf(options.Run)}", "seconds", ""]);
        Row("---", [.. Enumerable.Repeat("---", tuner.Names.Count + 4)]);
        var trials = tuner.Results.GroupBy(one => one.Trial)
            .Select(parts => (Last: parts.MaxBy(one => one.Rung)!, Seconds: parts.Sum(one => one.Seconds)))
            .OrderBy(one => one.Last.Failure is not null).ThenByDescending(one => one.Last.Rung)
            .ThenByDescending(one => one.Last.Score);
        foreach (var (last, seconds) in trials)
            Row($"{last.Trial}", [.. tuner.Names.Select(name => last.Values[name].GetRawText()), $"{last.Step}",
                last.Held is { } held ? Shown(options, held) : "", $"{seconds.ToString("0", CultureInfo.InvariantCulture)}",
                last.Failure ?? (last.Trial == 1 ? "as it stands" : "")]);
        return text.ToString();

        void Row(string first, string[] others)
            => text.Append($"| {first} | {string.Join(" | ", others.Select(Cell))} |\n");

        static string Cell(string value) => value.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>What came out, in a sentence or two.</summary>
    public static string Summary(TuningOptions options, Tuner tuner)
    {
        var begun = tuner.Results.Select(one => one.Trial).Distinct().Count();
        if (tuner.Best is not { } best) return $"None of {begun} trials came to its end.";
        var first = tuner.Results.Where(one => one.Trial == 1 && one.Held is not null).MaxBy(one => one.Rung);
        return $"Of {begun} trials number {best.Trial} was the best: held-out {TrainCommand.MeasureOf(options.Run)} "
            + $"{Shown(options, best.Held!.Value)} with "
            + string.Join(", ", best.Values.Select(value => $"{value.Key} {value.Value.GetRawText()}")) + "."
            + (first is null ? "" : $" The run as it stands: {Shown(options, first.Held!.Value)}"
                + (first.Rung < best.Rung ? $" after {first.Step} steps, where the search left it." : "."));
    }

    /// <summary>A loss is less the better it is.</summary>
    public static string Shown(TuningOptions options, double held)
        => (TrainCommand.IsLoss(options.Run) ? -held : held).ToString("G4", CultureInfo.InvariantCulture);

    // Trials that were taken equally far are a curve each: they alone compare.
    static string Svg(TuningOptions options, Tuner tuner)
    {
        double Value(double held) => TrainCommand.IsLoss(options.Run) ? -held : held;
        var curves = new Dictionary<string, IReadOnlyList<(double, double)>>();
        foreach (var rung in Enumerable.Range(0, tuner.Rungs.Count).Reverse())
        {
            var reached = tuner.Results.Where(one => one.Rung == rung && double.IsFinite(one.Score))
                .OrderBy(one => one.Trial).ToArray();
            if (reached.Length == 0) continue;
            curves[$"after {tuner.Rungs[rung]} steps"]
                = [.. reached.Select(one => ((double)one.Trial, Value(one.Held!.Value)))];
            if (rung < tuner.Rungs.Count - 1) continue;
            var best = double.NegativeInfinity;
            curves["the best so far"] = [.. reached
                .Select(one => ((double)one.Trial, Value(best = Math.Max(best, one.Held!.Value))))];
        }
        return LossPlot.Svg("Trials", "trial", $"held-out {TrainCommand.MeasureOf(options.Run)}", curves);
    }
}
