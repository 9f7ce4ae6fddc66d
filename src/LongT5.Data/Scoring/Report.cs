using System.Globalization;
using System.Text;
using System.Text.Json;
using LongT5.Evaluation;

namespace LongT5.Data.Scoring;

/// <summary>The result of an evaluation, for programs and for people.</summary>
/// <param name="System">The model or baseline.</param>
/// <param name="Task">The task.</param>
/// <param name="Profile">How ROUGE was computed, where it was.</param>
/// <param name="Settings">What the run was told, name by name, fingerprints among them.</param>
/// <param name="Predictions">What was written.</param>
/// <param name="Scores">Its scores.</param>
/// <param name="Comparisons">With other systems.</param>
/// <param name="PeakMemoryMib">Most memory the program held.</param>
/// <param name="Skipped">Bad rows that were left out.</param>
public sealed record Report(
    string System, DataTask Task, RougeProfile Profile, IReadOnlyList<(string Name, string Value)> Settings,
    IReadOnlyList<Prediction> Predictions, Scores Scores, IReadOnlyList<SystemComparison> Comparisons,
    double PeakMemoryMib, int Skipped)
{
    private double Seconds => Predictions.Sum(prediction => prediction.Seconds);

    private int Cut => Predictions.Count(prediction => prediction.DroppedTokens > 0);

    /// <summary>Everything, as JSON.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("system", System);
        writer.WriteString("task", Task.Name);
        writer.WriteNumber("examples", Predictions.Count);
        writer.WriteNumber("skipped", Skipped);
        writer.WriteNumber("inputs_cut", Cut);
        if (Task.Metric == TaskMetric.Rouge) writer.WriteString("rouge_profile", Profile.Name);
        writer.WriteStartObject("scores");
        foreach (var (name, interval) in Scores.Measures)
        {
            writer.WriteStartObject(name);
            WriteInterval(writer, interval);
            writer.WriteEndObject();
        }
        foreach (var (name, value) in Scores.Figures) Write(writer, name, value);
        writer.WriteEndObject();
        writer.WriteStartObject("against");
        foreach (var other in Comparisons)
        {
            writer.WriteStartObject(other.System);
            foreach (var (measure, theirs, ours) in other.Differences)
            {
                writer.WriteStartObject(measure);
                writer.WriteNumber("theirs", theirs);
                writer.WriteStartObject("difference");
                WriteInterval(writer, ours.Difference);
                writer.WriteEndObject();
                writer.WriteNumber("p", ours.PValue);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteNumber("seconds", Seconds);
        writer.WriteNumber("peak_memory_mib", PeakMemoryMib);
        writer.WriteStartObject("settings");
        foreach (var (name, value) in Settings) writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteInterval(Utf8JsonWriter writer, Interval interval)
    {
        Write(writer, "mean", interval.Mean);
        Write(writer, "low", interval.Low);
        Write(writer, "mid", interval.Mid);
        Write(writer, "high", interval.High);
    }

    // What is not defined, as a correlation with what never changes, is null: JSON has no name for it.
    private static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }

    /// <summary>A table, and under it what it was computed with.</summary>
    public string ToMarkdown()
    {
        var (text, invariant) = (new StringBuilder(), CultureInfo.InvariantCulture);
        text.AppendLine(invariant, $"# {System}: {Task.Name}");
        text.AppendLine();
        text.AppendLine(invariant, $"| measure | mean | 95% interval | median of resamples |");
        text.AppendLine(invariant, $"|---|---|---|---|");
        foreach (var (name, interval) in Scores.Measures)
            text.AppendLine(invariant, $"| {name} | {interval.Mean:0.00} | {interval.Low:0.00} to "
                + $"{interval.High:0.00} | {interval.Mid:0.00} |");
        foreach (var (name, value) in Scores.Figures) text.AppendLine(invariant, $"| {name} | {value:0.00} | | |");
        text.AppendLine();
        var how = Task.Metric == TaskMetric.Rouge ? $" ROUGE by the profile {Profile.Name}." : "";
        var cut = Cut > 0 ? $" Of {Cut} inputs the end was not read." : "";
        text.AppendLine(invariant, $"{Predictions.Count} examples, {Skipped} bad rows left out.{cut}{how} Intervals: "
            + $"bootstrap, 1,000 resamples, seed 0.");
        foreach (var other in Comparisons)
        {
            text.AppendLine();
            text.AppendLine(invariant,
                $"| {System} less {other.System} | {other.System} | difference | 95% interval | p |");
            text.AppendLine(invariant, $"|---|---|---|---|---|");
            foreach (var (measure, theirs, (difference, p)) in other.Differences)
                text.AppendLine(invariant, $"| {measure} | {theirs:0.00} | {difference.Mean:+0.00;-0.00} | "
                    + $"{difference.Low:+0.00;-0.00} to {difference.High:+0.00;-0.00} | {p:0.000} |");
        }
        if (Seconds > 0)
        {
            text.AppendLine();
            var (read, written) = (Predictions.Sum(one => (long)one.InputTokens) / Seconds,
                Predictions.Sum(one => (long)one.OutputTokens) / Seconds);
            text.AppendLine(invariant, $"{Seconds:0.0} s in all: {read:0} tokens read and {written:0.0} tokens "
                + $"written a second; peak memory {PeakMemoryMib:0} MiB.");
        }
        text.AppendLine();
        foreach (var (name, value) in Settings) text.AppendLine(invariant, $"- {name}: {value}");
        return text.ToString();
    }
}
