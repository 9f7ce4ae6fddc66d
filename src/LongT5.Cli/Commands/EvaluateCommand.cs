using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LongT5.Cli.Evaluating;
using LongT5.Cli.Flags;
using LongT5.Data;
using LongT5.Data.Scoring;
using LongT5.Evaluation;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 evaluate</c>: a row of the paper's table, by the paper's definitions, with error bars.</summary>
sealed class EvaluateCommand
{
    private static readonly Dictionary<string, TaskMetric> Metrics = new()
    {
        ["rouge"] = TaskMetric.Rouge,
        ["squad"] = TaskMetric.Squad,
        ["trivia_qa"] = TaskMetric.TriviaQa,
        ["classes"] = TaskMetric.Classes,
        ["labels"] = TaskMetric.Labels,
        ["numbers"] = TaskMetric.Numbers,
        ["entities"] = TaskMetric.Entities,
        ["translation"] = TaskMetric.Translation,
    };

    private readonly Option<string> _task = new("--task")
    {
        Description = "The task; longt5 data tasks lists them.",
        HelpName = "TASK",
        Required = true
    };
    private readonly Option<string> _data = new("--data")
    {
        Description = "The folder or file that holds the data set.",
        HelpName = "PATH",
        Required = true
    };
    private readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The folder of predictions.jsonl, results.json and results.md. A run that was stopped goes on "
            + "there. Default: evaluation-TASK, and -NAME of what stands in place of a model.",
        HelpName = "FOLDER",
    };
    private readonly Option<string?> _baseline =
        new("--baseline")
        {
            Description = $"In place of a model: {string.Join(", ", Baseline.All.Keys)}.",
            HelpName = "NAME"
        };
    private readonly Option<string?> _reference =
        new("--reference")
        {
            Description =
            "In place of a model: the predictions of any system, as JSONL, CSV, Parquet or lines.",
            HelpName = "FILE"
        };
    private readonly Option<string[]> _against = new("--against")
    {
        Description = "Also say how much better this is, by the paired bootstrap, than the predictions of another "
            + "system, or than a baseline: "
            + $"{string.Join(", ", Baseline.All.Keys)}, {Baseline.LeadAsLong} (the beginning, as many words as were "
            + $"written). May be given several times.",
        HelpName = "FILE|NAME",
    };
    private readonly Option<string?> _metric =
        new("--metric")
        {
            Description =
            $"How outputs are judged, where the task shall not say: {string.Join(", ", Metrics.Keys)}.",
            HelpName = "NAME"
        };
    private readonly Option<string> _profile = new("--rouge")
    {
        Description = $"Which ROUGE: {string.Join(", ", RougeProfile.All.Select(one => one.Name))}.",
        HelpName = "PROFILE",
        DefaultValueFactory = _ => RougeProfile.T5.Name,
    };
    private readonly Option<SummaryLength?> _length =
        new("--length") { Description = "Of summaries, as summarize has it.", HelpName = "short|medium|long" };
    private readonly Option<string?> _prefix =
        new("--prefix")
        {
            Description =
            "Put this before each document. Default: what the checkpoint says, or else the task.",
            HelpName = "TEXT"
        };
    private readonly Option<long?> _maxInput = Quantities.Tokens("--max-input",
        "Tokens that are read of each input, to exactly that one; what is written is then cut as the reference cuts "
            + "it, too. With --long, tokens that are read at once. Default: what the checkpoint was trained for.");
    private readonly Option<LongInput?> _long = LongFlags.Long();
    private readonly Option<bool> _cutAnywhere = SummarizeCommand.CutAnywhere();
    private readonly Option<string?> _verbatim = SummarizeCommand.Verbatim();
    private readonly Option<bool> _noVerbatim = SummarizeCommand.NoVerbatim();
    private readonly Option<int> _batch =
        new("--batch")
        {
            Description = "Examples that are computed together; it changes no result but sampled ones.",
            HelpName = "N",
            DefaultValueFactory = _ => 1
        };
    private readonly ExampledCommand _command = new("evaluate",
        "Score a model, a baseline or a file of predictions on a data set.",
        "longt5 evaluate -m my-model --task pubmed_summarization --data pubmed-dataset --max-input 16384 --num-beams 2",
        "longt5 evaluate --task openstax --data sections.jsonl --length long --against lead-as-long",
        "longt5 evaluate -m my-tagger --task entities --data test.conll",
        "longt5 evaluate --baseline lead-3 --task cnn_summarization --data cnn --split validation",
        "longt5 evaluate --reference theirs.jsonl --against ours/predictions.jsonl --task qmsum --data qmsum");
    private readonly ModelFlags _model;
    private readonly GenerationFlags _generation;
    private readonly DataFlags _reading;

    private EvaluateCommand()
    {
        foreach (var option in (Option[])[_task, _data, _output, _baseline, _reference, _against, _metric, _profile,
            _length, _prefix, _maxInput, _long, _verbatim, _noVerbatim, _cutAnywhere, _batch])
            _command.Add(option);
        (_model, _generation, _reading) = (new(_command), new(_command), new(_command));
        _baseline.AcceptOnlyFromAmong([.. Baseline.All.Keys]);
        _metric.AcceptOnlyFromAmong([.. Metrics.Keys]);
        _profile.AcceptOnlyFromAmong([.. RougeProfile.All.Select(one => one.Name)]);
        _length.AcceptOnlyFromAmong("short", "medium", "long");
        _command.SetAction((parsed, stop) => Task.Run(() => Evaluate(parsed, stop), stop));
    }

    public static Command Create() => new EvaluateCommand()._command;

    private void Evaluate(ParseResult parsed, CancellationToken stop)
    {
        Check(parsed);
        var skipped = 0;
        var options = _reading.Read(parsed, problem =>
        {
            skipped++;
            Terminal.Complain($"skipped: {problem}");
        });
        var task = DataTasks.Named(parsed.GetRequiredValue(_task));
        if (parsed.GetValue(_metric) is { } metric) task = task with { Metric = Metrics[metric] };
        var examples = Named(task.Read(parsed.GetRequiredValue(_data), options));
        var split = options.Split.ToString().ToLowerInvariant();
        if (examples.Count == 0)
            throw new Failure($"{parsed.GetRequiredValue(_data)} holds no example of the {split} split.");
        var data = ("data",
            $"{parsed.GetRequiredValue(_data)}, {split} split, fingerprint {Fingerprint.OfExamples(examples)}");

        var (system, settings, folder, predictions) = Contest(parsed, task, examples, data, stop);
        var rouge = RougeProfile.Named(parsed.GetValue(_profile)!);
        Scores Score(IEnumerable<string> texts) => Scores.Of(task.Metric, rouge, examples, [.. texts], stop);
        var scores = Score(predictions.Select(one => one.Text));
        var comparisons = (parsed.GetValue(_against) ?? []).Select(
            name => scores.Against(name, Score(Other(name, examples, predictions)))).ToList();
        var report = new Report(system, task, rouge, settings, predictions, scores, comparisons,
            Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0, skipped);
        folder.Write(report);
        Terminal.Out.WriteLine(report.ToMarkdown());
        Terminal.Complain($"written: {folder.Files}.");
        if (task.Metric == TaskMetric.Rouge) LettersLeftOut.Warn(examples.SelectMany(example => example.Targets));
        if (skipped > 0) Terminal.Complain($"{skipped} bad rows were left out.");
    }

    /// <summary>Examples whose names differ, because predictions are found by name: a second x is x#2.</summary>
    private static List<Example> Named(IEnumerable<Example> examples)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. examples.Select(example =>
            ++CollectionsMarshal.GetValueRefOrAddDefault(counts, example.Id, out _) is > 1 and var count
                ? example with { Id = $"{example.Id}#{count}" } : example)];
    }

    /// <summary>What is wrong with a call before anything is read.</summary>
    private void Check(ParseResult parsed)
    {
        if (parsed.GetValue(_batch) is < 1) throw Failure.Usage("--batch must be 1 or more.");
        if (parsed.GetValue(_baseline) is not null && parsed.GetValue(_reference) is not null)
            throw Failure.Usage("--baseline and --reference were both given; give one of them.");
        if (parsed.GetValue(_baseline) is null && parsed.GetValue(_reference) is null) return;
        foreach (var option in _command.Options.Where(option => option is not null
            && parsed.GetResult(option) is { Implicit: false }))
        {
            if (option == _length || option == _prefix || option == _maxInput || option == _long
                || option == _batch || _model.Owns(option) || _generation.Owns(option))
                throw Failure.Usage(
                    $"{option.Name} is for a model, but --baseline or --reference stands in its place.");
        }
    }

    /// <summary>What is said about writing to a model with a head of labels.</summary>
    private void RefuseWriting(ParseResult parsed)
    {
        foreach (var option in _command.Options.Where(option => parsed.GetResult(option) is { Implicit: false }))
            if (option == _length || option == _long || option == _cutAnywhere || option == _verbatim
                || option == _noVerbatim || _generation.Owns(option))
                throw Failure.Usage($"{option.Name} is about a text that is written, and the head of this model writes "
                    + $"none; leave it out.");
    }

    /// <summary>Who wrote what, with which settings, and where that is kept.</summary>
    private (string System, IReadOnlyList<(string, string)> Settings, ResultFolder Folder,
        IReadOnlyList<Prediction> Predictions) Contest(
        ParseResult parsed, DataTask task, List<Example> examples, (string, string) data, CancellationToken stop)
    {
        var place = parsed.GetValue(_output);
        if (parsed.GetValue(_reference) is { } file)
        {
            List<(string, string)> settings = [data, ("predictions", file)];
            var theirs = Aligned(file, examples);
            return (Path.GetFileName(file), settings,
                new(place ?? $"evaluation-{task.Name}-{Path.GetFileNameWithoutExtension(file)}", settings), theirs);
        }
        if (parsed.GetValue(_baseline) is { } name)
        {
            List<(string, string)> settings = [data, ("baseline", name)];
            var folder = new ResultFolder(place ?? $"evaluation-{task.Name}-{name}", settings);
            Prediction[] written = [.. OfAll(Baseline.All[name], examples, stop)
                .Zip(examples, (text, example) => new Prediction(example.Id, text))];
            folder.Write(written);
            return (name, settings, folder, written);
        }
        using var model = _model.Load(parsed, stop);
        if (model.Engine.Head.GivesLabels())
        {
            RefuseWriting(parsed);
            for (var i = 0; i < examples.Count; i++)
                examples[i] = HeadPredictions.Named(examples[i], task.Metric, model.Config.Labels);
        }
        var run = new ModelRun(model, task, examples, new SummaryOptions
        {
            Length = parsed.GetValue(_length),
            CutAnywhere = parsed.GetValue(_cutAnywhere),
            Quoting = SummarizeCommand.Read(parsed, _verbatim, _noVerbatim),
            Generation = _generation.Read(parsed),
            Preset = _generation.Preset(parsed),
            Prefix = parsed.GetValue(_prefix),
            MaxInputTokens = (int?)parsed.GetValue(_maxInput),
            Long = parsed.GetValue(_long),
        });
        List<(string, string)> told = [data, .. run.Settings];
        if (_model.Type(parsed) is { } type) told.Add(("dtype", type));
        var results = new ResultFolder(place ?? $"evaluation-{task.Name}", told);
        return (model.Path, told, results, run.Predict(results.Predictions, parsed.GetValue(_batch), stop));
    }

    private static IEnumerable<string> Other(string name, List<Example> examples, IReadOnlyList<Prediction> predictions)
        => name == Baseline.LeadAsLong
            ? examples.Zip(predictions,
                (example, prediction) => Baseline.FirstWords(example.Document, Baseline.Words(prediction.Text)))
            : Baseline.All.TryGetValue(name, out var baseline) ? OfAll(baseline, examples, CancellationToken.None)
            : Aligned(name, examples).Select(one => one.Text);

    private static string[] OfAll(Func<Example, string> baseline, List<Example> examples, CancellationToken stop)
    {
        var texts = new string[examples.Count];
        Parallel.For(0, texts.Length, new ParallelOptions { CancellationToken = stop },
            i => texts[i] = baseline(examples[i]));
        return texts;
    }

    /// <summary>The predictions of a file, one for each example: by their ids, or else in order.</summary>
    private static List<Prediction> Aligned(string path, List<Example> examples)
    {
        var all = PredictionsFile.Read(path).ToList();
        var named = all.DistinctBy(one => one.Id).ToDictionary(one => one.Id);
        if (examples.TrueForAll(example => named.ContainsKey(example.Id)))
            return [.. examples.Select(example => named[example.Id])];
        return all.Count == examples.Count ? all
            : throw new Failure(string.Create(CultureInfo.InvariantCulture,
                $"{path} holds {all.Count} predictions for {examples.Count} examples, and their ids are others; one "
                    + $"a line and example is expected, in order."));
    }
}
