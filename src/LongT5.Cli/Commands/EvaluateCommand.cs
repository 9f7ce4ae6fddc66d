using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LongT5.Cli.Flags;
using LongT5.Data;
using LongT5.Data.Scoring;
using LongT5.Evaluation;
using LongT5.Generation;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 evaluate</c>: a row of the paper's table, by the paper's definitions, with error bars.</summary>
static class EvaluateCommand
{
    public static Command Create()
    {
        var task = new Option<string>("--task") { Description = "The task; longt5 data tasks lists them.", HelpName = "TASK", Required = true };
        var data = new Option<string>("--data") { Description = "The folder or file that holds the data set.", HelpName = "PATH", Required = true };
        var output = new Option<string?>("--output", "-o") { Description = "The folder of predictions.jsonl, results.json and results.md. A run that was stopped goes on there. Default: evaluation-TASK.", HelpName = "FOLDER" };
        var baseline = new Option<string?>("--baseline") { Description = $"In place of a model: {string.Join(", ", Baseline.All.Keys)}.", HelpName = "NAME" };
        var reference = new Option<string?>("--reference") { Description = "In place of a model: the predictions of any system, as JSONL, CSV or lines.", HelpName = "FILE" };
        var against = new Option<string?>("--against") { Description = "Also say whether these predictions of another system are better or worse (paired bootstrap).", HelpName = "FILE" };
        var profile = new Option<string>("--rouge") { Description = $"Which ROUGE: {string.Join(", ", RougeProfile.All.Select(one => one.Name))}.", HelpName = "PROFILE", DefaultValueFactory = _ => RougeProfile.T5.Name };
        var maxInput = new Option<int?>("--max-input") { Description = "Tokens that are read of each input; all of them by default.", HelpName = "N" };
        var batch = new Option<int>("--batch") { Description = "Examples that are computed together; it changes no result.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new ExampledCommand("evaluate", "Score a model, a baseline or a file of predictions on a data set.",
            "longt5 evaluate -m my-model --task pubmed_summarization --data pubmed-dataset --max-input 16384 --num-beams 2",
            "longt5 evaluate --baseline lead-3 --task cnn_summarization --data cnn --split validation",
            "longt5 evaluate --reference theirs.jsonl --against ours/predictions.jsonl --task qmsum --data qmsum")
        {
            task, data, output, baseline, reference, against, profile, maxInput, batch,
        };
        var model = new ModelFlags(command);
        var generation = new GenerationFlags(command);
        var reading = new DataFlags(command);
        baseline.AcceptOnlyFromAmong([.. Baseline.All.Keys]);
        profile.AcceptOnlyFromAmong([.. RougeProfile.All.Select(one => one.Name)]);

        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            if (parsed.GetValue(maxInput) is < 2) throw Failure.Usage("--max-input must be 2 or more.");
            if (parsed.GetValue(batch) is < 1) throw Failure.Usage("--batch must be 1 or more.");
            if (parsed.GetValue(baseline) is not null && parsed.GetValue(reference) is not null)
                throw Failure.Usage("--baseline and --reference were both given; give one of them.");

            var skipped = 0;
            var chosen = DataTasks.Named(parsed.GetRequiredValue(task));
            var options = reading.Read(parsed, problem =>
            {
                skipped++;
                Terminal.Complain($"skipped: {problem}");
            });
            var examples = chosen.Read(parsed.GetRequiredValue(data), options).ToList();
            if (examples.Count == 0) throw new Failure($"{parsed.GetRequiredValue(data)} holds no example of the {options.Split.ToString().ToLowerInvariant()} split.");
            List<(string, string)> settings =
            [
                ("data", $"{parsed.GetRequiredValue(data)}, {options.Split.ToString().ToLowerInvariant()} split, fingerprint {Fingerprint.OfExamples(examples)}"),
            ];

            string system;
            IReadOnlyList<Prediction> predictions;
            var folder = parsed.GetValue(output) ?? $"evaluation-{chosen.Name}";
            if (parsed.GetValue(reference) is { } file)
            {
                (system, predictions) = (Path.GetFileName(file), Aligned(file, examples));
            }
            else if (parsed.GetValue(baseline) is { } name)
            {
                system = name;
                predictions = [.. examples.AsParallel().AsOrdered().WithCancellation(stop).Select(example => new Prediction(example.Id, Baseline.All[name](example)))];
            }
            else
            {
                using var loaded = model.Load(parsed);
                system = loaded.Path;
                var said = generation.Read(parsed);
                if (generation.Preset(parsed) is { } preset) said = said.Over(preset);
                settings.Add(("model", $"{loaded.Path}, fingerprint {Fingerprint.OfFolder(loaded.Folder)}"));
                if (model.Type(parsed) is { } type) settings.Add(("dtype", type));
                settings.Add(("generation", Describe(said.Resolve(loaded.Defaults))));
                settings.Add(("max_input", parsed.GetValue(maxInput)?.ToString(CultureInfo.InvariantCulture) ?? "all"));
                predictions = Generate(loaded, said, examples, folder, settings, parsed.GetValue(maxInput), parsed.GetValue(batch), chosen, stop);
            }

            var rouge = RougeProfile.Named(parsed.GetValue(profile)!);
            var scores = Scores.Of(chosen.Metric, rouge, examples, [.. predictions.Select(one => one.Text)], stop);
            var report = new Report(system, chosen, rouge, settings, predictions, scores, Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0, skipped);
            Write(folder, report);
            Terminal.Out.WriteLine(report.ToMarkdown());
            if (parsed.GetValue(against) is { } other)
                PrintComparison(other, scores, Scores.Of(chosen.Metric, rouge, examples, [.. Aligned(other, examples).Select(one => one.Text)], stop));
            if (skipped > 0) Terminal.Complain($"{skipped} bad rows were left out.");
        }, stop));
        return command;
    }

    /// <summary>The options of a search that were said, by the names of the flags.</summary>
    private static string Describe(GenerationOptions options) => string.Join(", ", new (string Name, object? Value)[]
    {
        ("max-new-tokens", options.MaxNewTokens), ("max-length", options.MaxLength), ("min-new-tokens", options.MinNewTokens), ("min-length", options.MinLength),
        ("num-beams", options.NumBeams), ("length-penalty", options.LengthPenalty), ("early-stopping", options.EarlyStopping),
        ("no-repeat-ngram-size", options.NoRepeatNgramSize), ("encoder-no-repeat-ngram-size", options.EncoderNoRepeatNgramSize),
        ("repetition-penalty", options.RepetitionPenalty), ("do-sample", options.DoSample), ("temperature", options.Temperature),
        ("top-k", options.TopK), ("top-p", options.TopP), ("seed", options.Seed), ("prompt-lookup-num-tokens", options.PromptLookupNumTokens),
    }.Where(option => option.Value is not null).Select(option => string.Create(CultureInfo.InvariantCulture, $"{option.Name} {option.Value}")).DefaultIfEmpty("greedy"));

    /// <summary>Predictions for all examples; those of an interrupted run are taken from its file.</summary>
    private static List<Prediction> Generate(
        LongT5Model model, GenerationOptions options, List<Example> examples, string folder, List<(string Name, string Value)> settings,
        int? maxInput, int batch, DataTask task, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        CheckSettings(Path.Combine(folder, "settings.json"), settings);
        using var file = PredictionsFile.Open(Path.Combine(folder, "predictions.jsonl"), out var found);
        var known = found.ToDictionary(prediction => prediction.Id);
        if (known.Count > 0) Terminal.Complain($"{known.Count} of {examples.Count} predictions are in {folder} already; going on from there.");

        var clock = Stopwatch.StartNew();
        using var progress = Progress.For(task.Name);
        var todo = examples.Where(example => !known.ContainsKey(example.Id)).ToList();
        var done = 0;
        foreach (var some in todo.Chunk(batch))
        {
            var started = clock.Elapsed;
            var inputs = some.Select(example => model.Tokenizer.Encode(example.Input, maxInput)).ToArray();
            var written = model.Generate(inputs, options, cancellation: stop).GroupBy(one => one.Input).Select(group => group.First()).ToList();
            foreach (var (example, one) in some.Zip(written))
            {
                var prediction = new Prediction(example.Id, model.Tokenizer.Decode(one.Ids))
                {
                    InputTokens = inputs[one.Input].Length,
                    OutputTokens = one.NewTokens,
                    Seconds = (clock.Elapsed - started).TotalSeconds / some.Length,
                };
                file.Add(prediction);
                known[example.Id] = prediction;
            }
            done += some.Length;
            progress?.Report(new GenerationProgress($"{known.Count} of {examples.Count}{Running(task, examples, known)}", done, todo.Count));
        }
        return [.. examples.Select(example => known[example.Id])];
    }

    /// <summary>The score so far, of the measure that is read first.</summary>
    private static string Running(DataTask task, List<Example> examples, Dictionary<string, Prediction> known)
    {
        if (!Terminal.IsWatched) return "";
        var some = examples.Where(example => known.ContainsKey(example.Id)).TakeLast(200).ToList();
        var scores = Scores.Of(task.Metric, RougeProfile.T5, some, [.. some.Select(example => known[example.Id].Text)]);
        return $", {scores.Each[0].Name} {scores.Each[0].Values.Average():0.0}";
    }

    /// <summary>A folder goes on with the settings that it began with, so that one file never holds the results of two runs.</summary>
    private static void CheckSettings(string path, List<(string Name, string Value)> settings)
    {
        var now = Output.Json.Object(writer =>
        {
            foreach (var (name, value) in settings) writer.WriteString(name, value);
        });
        if (!File.Exists(path))
        {
            File.WriteAllText(path, now);
            return;
        }
        if (File.ReadAllText(path) != now)
            throw new Failure($"{Path.GetDirectoryName(path)} holds a run with other settings ({path}); name another folder with -o, or delete it.");
    }

    private static List<Prediction> Aligned(string path, List<Example> examples)
    {
        var all = PredictionsFile.Read(path).ToList();
        var named = all.DistinctBy(one => one.Id).ToDictionary(one => one.Id);
        if (examples.TrueForAll(example => named.ContainsKey(example.Id))) return [.. examples.Select(example => named[example.Id])];
        return all.Count == examples.Count ? all
            : throw new Failure($"{path} holds {all.Count} predictions for {examples.Count} examples, and their ids are others; one a line and example is expected, in order.");
    }

    private static void Write(string folder, Report report)
    {
        Directory.CreateDirectory(folder);
        using (var json = new Output.OutputFile(Path.Combine(folder, "results.json"), force: true))
        {
            using (var writer = new Utf8JsonWriter(json.Stream, new JsonWriterOptions { Indented = true })) report.Write(writer);
            json.Complete();
        }
        using var markdown = new Output.OutputFile(Path.Combine(folder, "results.md"), force: true);
        markdown.Complete(report.ToMarkdown());
    }

    private static void PrintComparison(string other, Scores ours, Scores theirs)
    {
        Terminal.Out.WriteLine($"{Path.GetFileName(other)} less the above, on the same examples:");
        foreach (var ((name, first), (_, second)) in ours.Each.Zip(theirs.Each))
        {
            var (difference, p) = new Bootstrap().Compare(first, second);
            Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {name,-12} {difference.Mean:+0.00;-0.00} (95%: {difference.Low:+0.00;-0.00} to {difference.High:+0.00;-0.00}), p = {p:0.000}"));
        }
    }
}
