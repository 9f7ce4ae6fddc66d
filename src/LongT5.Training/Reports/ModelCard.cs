using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Training.Objectives;

namespace LongT5.Training.Reports;

/// <summary>The <c>README.md</c> of a result: what it is, what it learned from, how, and how well.</summary>
/// <remarks>It is written anew by every run until its first line is taken out: then it is its reader's.</remarks>
static class ModelCard
{
    /// <summary>Its file, the last that a run writes.</summary>
    public const string Name = "README.md";

    const string Ours = "<!-- Written by longt5 train. Take this line out to keep what you change. -->";

    /// <summary>Writes the card, unless someone has made it theirs.</summary>
    /// <param name="recipe">The run, with its texts.</param>
    /// <param name="step">The step after which the model was what was written.</param>
    public static void Write(Recipe recipe, long step)
    {
        var path = Path.Combine(recipe.Options.Output, Name);
        if (File.Exists(path) && !File.ReadLines(path).Contains(Ours)) return;
        var output = recipe.Options.Output;
        var text = Of(recipe, step, RunLog.HeldOutAt(output, step), RunLog.HeldOutAt(output, 0));
        FileReplacement.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The card.</summary>
    internal static string Of(
        Recipe recipe, long step, IReadOnlyDictionary<string, Dictionary<string, double>>? measured,
        IReadOnlyDictionary<string, Dictionary<string, double>>? before = null)
    {
        var (options, text) = (recipe.Options, new StringBuilder());
        var (stage, name) = (options.Stages[^1], Path.GetFileName(Path.GetFullPath(options.Output)));
        void Line(string line = "") => text.Append(line).Append('\n');
        Line("---");
        if (Origins(options.From).LastOrDefault() is { } from && !Path.Exists(from))
            Line($"base_model: {from.Split('@')[0]}");
        Line("license: # to be filled in: that of the model it began from, and of the texts");
        Line("---");
        Line(Ours);
        Line();
        Line($"# {name}");
        Line();
        Line(What(options));
        Line();
        Line("```sh");
        Line(Use(options));
        Line("```");
        Line();
        Line("## Learned from");
        Line();
        Line("| source | rows | files | SHA-256 of the rows | read as |");
        Line("|---|---|---|---|---|");
        foreach (var (source, rows) in recipe.Corpora)
            Line($"| {source} | {rows.Count} | {Files(options.Sources[source].Paths)} | {rows.Fingerprint[..12]} | "
                + $"{ReadAs(options.ObjectiveOf(options.Sources[source]))} |");
        foreach (var (source, rows) in recipe.HeldOutRows)
            Line($"| {source}, held out | {rows.Count} | {rows.SetAside ?? Files(options.Sources[source].HeldOut!)} | "
                + $"{rows.Fingerprint[..12]} | judged by {Judges.NameOf(options.JudgeOf(source))} |");
        Line();
        if (recipe.Corpora.Count > 1)
        {
            Line($"Drawn by turns: {string.Join("; ", recipe.Stages.Select(DataReport.Shares))}.");
            Line();
        }
        Line("## How");
        Line();
        Line(string.Create(CultureInfo.InvariantCulture, $"{step} of {options.Steps} steps of {stage.Batch} x "
            + $"{stage.Accumulate} texts, at most {stage.Input} tokens in"
            + $"{(options.Head is null ? $" and {stage.Target} out" : "")}; {options.Optimizer.Kind}, rate "
            + $"{options.Optimizer.Rate:G4}, seed {options.Seed}. `run.json` has all options and versions, `log.jsonl` "
            + $"the way there."));
        Line();
        Line("## How well");
        Line();
        Line(measured is null ? "Nothing was measured on held-out texts after this step."
            : "On held-out texts; shares from 0 to 100.");
        foreach (var (source, values) in measured ?? new Dictionary<string, Dictionary<string, double>>())
        {
            Line();
            var first = before?.GetValueOrDefault(source);
            Line($"| {source} | |{(first is null ? "" : " before |")}");
            Line($"|---|---|{(first is null ? "" : "---|")}");
            foreach (var (measure, value) in values)
                Line(string.Create(CultureInfo.InvariantCulture, $"| {measure} | {value:0.###} |")
                    + (first is null ? "" : string.Create(CultureInfo.InvariantCulture, $" {first[measure]:0.###} |")));
        }
        Line();
        Line("## Licence");
        Line();
        Line("To be filled in.");
        return text.ToString();
    }

    static string What(TrainingOptions options)
    {
        var head = options.Head switch
        {
            null => "",
            { Labels: { Length: > 0 } labels } one => $" with the head {one.Name}: {string.Join(", ", labels)}",
            { } one => $" with the head {one.Name}",
        };
        var start = options.From is { } from
            ? $"trained from {from}{string.Concat(Origins(from).Skip(1).Select(one => $", that from {Shown(one)}"))}"
            : $"trained from the start ({options.Model})";
        return options.Adapter is { } adapter
            ? $"An adapter ({adapter.Name}) beside {options.From}{head}." : $"A LongT5{head}, {start}.";
    }

    /// <summary>What a run began from, what that began from, and so on, as far as folders tell.</summary>
    static IEnumerable<string> Origins(string? from)
    {
        for (var seen = new HashSet<string>(); from is not null && seen.Add(from); from = Before(from))
            yield return from;
    }

    static string? Before(string model)
    {
        var run = Path.Combine(model, TrainCommand.RunFile);
        try
        {
            return File.Exists(run) ? (string?)JsonNode.Parse(File.ReadAllBytes(run))?["options"]?["from"] : null;
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            return null; // a file of somebody else
        }
    }

    // A run's folder tells full paths, which are nobody's business but their owner's.
    static string Shown(string model) => Path.IsPathRooted(model) ? Path.GetFileName(model) : model;

    static string Use(TrainingOptions options)
    {
        var model = options.Adapter is null ? $"-m {options.Output}" : $"-m {options.From} --adapter {options.Output}";
        return options.Head?.Kind switch
        {
            null => $"longt5 summarize report.txt {model}",
            HeadKind.TokenClassification => $"longt5 tag report.txt {model}",
            HeadKind.Extractive => $"longt5 answer --extract -q \"Who wrote it?\" report.txt {model}",
            _ => $"longt5 classify report.txt {model}",
        };
    }

    // The kind of an objective, as options call it, and what stands before every text.
    static string ReadAs(Objective objective)
    {
        var said = JsonSerializer.SerializeToNode(objective, TrainingOptions.Json)!;
        return (string?)said["prefix"] is { Length: > 0 } prefix
            ? $"{said["kind"]}, behind \"{prefix.Replace("|", "\\|", StringComparison.Ordinal)}\"" : $"{said["kind"]}";
    }

    static string Files(IEnumerable<string> paths) => string.Join(", ", paths.Select(Path.GetFileName));
}
