using System.Diagnostics;
using System.Globalization;
using LongT5.Data;
using LongT5.Data.Scoring;
using LongT5.Evaluation;
using LongT5.Hub;
using LongT5.Tasks;

namespace LongT5.Cli.Evaluating;

/// <summary>A model on the examples of a task: what it is told, and what it writes.</summary>
sealed class ModelRun
{
    private readonly LongT5Model _model;
    private readonly DataTask _task;
    private readonly IReadOnlyList<Example> _examples;
    private readonly bool _asks;
    private readonly TextOptions _options;
    private readonly SummaryOptions? _summaries;
    private readonly HeadPredictions? _head;

    /// <param name="model">The model.</param>
    /// <param name="task">The task.</param>
    /// <param name="examples">Its examples; at least one.</param>
    /// <param name="said">What the call says, a length of summary among it.</param>
    /// <exception cref="Failure">It does not fit the task.</exception>
    public ModelRun(LongT5Model model, DataTask task, IReadOnlyList<Example> examples, SummaryOptions said)
    {
        (_model, _task, _examples) = (model, task, examples);
        if (model.Engine.Head.GivesLabels())
        {
            _head = new(model, task, new() { Prefix = said.Prefix, MaxInputTokens = said.MaxInputTokens });
            _options = said;
            return;
        }
        if (task.Metric is TaskMetric.Labels or TaskMetric.Numbers or TaskMetric.Entities)
            throw new Failure($"{model.Path} writes text, and {task.Name} is judged by what a head of labels says; "
                + $"train one with longt5 train --head.");
        _asks = examples[0].Prefix is not ("" or Example.Summarizing);
        var summarizes = !_asks && task.Metric == TaskMetric.Rouge;
        if (_asks && said.Prefix is not null)
            throw Failure.Usage(
                $"--prefix would stand in the place of the questions that {task.Name} asks; leave it out.");
        if (!summarizes && said.Length is not null)
            throw Failure.Usage(
                $"--length is for summaries, which {task.Name} does not ask for; say --max-new-tokens.");

        var settings = summarizes ? new Summarizer(model).Settings(said) : said.Resolve(model, _asks
            ? Answerer.Tokens : TextTask.PromptTokens);
        // What a model was trained with holds for tables of one's own, whatever they are judged by.
        var own = summarizes || _asks ? settings.Prefix : new Summarizer(model).Settings().Prefix;
        var generation = settings.Generation;
        _options = settings with
        {
            Generation = generation.DoSample == true
                ? generation with { Seed = said.Generation.Seed ?? 0 } : generation,
            Prefix = _asks ? "" : said.Prefix ?? (own is { Length: > 0 } ? own : examples[0].Prefix),
            CutsInside = said.MaxInputTokens is not null && said.Long is null,
            Long = said.Long ?? (said.MaxInputTokens is null ? settings.Long : LongInput.Cut),
        };
        if (summarizes && !said.CutAnywhere && (said.MaxInputTokens is null || said.Long is not null))
            _summaries = said with
            {
                // What a checkpoint says may differ by the length of a part.
                Prefix = said.Prefix ?? (own is { Length: > 0 } ? null : _options.Prefix),
                Generation = said.Generation with { Seed = _options.Generation.Seed }
            };
    }

    /// <summary>All that decides what is written, name by name.</summary>
    public IEnumerable<(string Name, string Value)> Settings => _head is null
        ? [.. Own, .. Writing] : [.. Own, ("head", _model.Engine.Head.NameOf(_model.Config.Problem)), ("prefix", _options.Prefix ?? "its own"),
            ("max_input", _options.MaxInputTokens?.ToString(CultureInfo.InvariantCulture) ?? "its own")];

    private IEnumerable<(string Name, string Value)> Own =>
    [
        ("model", $"{NameOf(_model.Path)}, fingerprint {Fingerprint.OfFolder(_model.Folder)}"),
        .. _model.AdapterPath is { } adapter
            ? [("adapter", $"{NameOf(adapter)}, fingerprint {Fingerprint.OfFolder(adapter)}")]
            : Array.Empty<(string, string)>(),
    ];

    private IEnumerable<(string Name, string Value)> Writing =>
    [
        ("generation", _options.Generation.ToString()),
        ("prefix", _asks ? _examples[0].Prefix.Split(' ')[0] + " ..." : _options.Prefix!),
        ("max_input", Limit),
        ("output", _summaries is null
            ? "as the model writes it"
            : $"as summarize gives it{(_summaries.Quoting is { } quoting ? $", {quoting}" : "")}"),
    ];

    /// <summary>A folder, or what stands there for good where it came from the hub: org/name@commit.</summary>
    private static string NameOf(string folder) => HubCache.PinnedName(folder) ?? folder;

    private string Limit => (_options.MaxInputTokens ?? _options.ModelMaxInputTokens) switch
    {
        { } most when _options.Long is null or LongInput.Cut => string.Create(CultureInfo.InvariantCulture,
            $"{most} tokens{(_options.CutsInside ? "" : ", to the end of a sentence")}"),
        { } most => string.Create(CultureInfo.InvariantCulture, $"{most} tokens at once, {_options.Long}"),
        _ => "all",
    };

    /// <summary>Predictions for all examples, in order; those that stand in the file are not made again.</summary>
    /// <param name="path">The file; each prediction is added to it as it comes.</param>
    /// <param name="batch">Examples that are computed together.</param>
    /// <param name="stop">Stops the work; what was written stays.</param>
    public IReadOnlyList<Prediction> Predict(string path, int batch, CancellationToken stop)
    {
        using var file = PredictionsFile.Open(path, out var found);
        var known = found.DistinctBy(prediction => prediction.Id).ToDictionary(prediction => prediction.Id);
        if (known.Count > 0)
            Terminal.Complain(
                $"{known.Count} of {_examples.Count} predictions are in {path} already; going on from there.");

        using var progress = Progress.For(_task.Name);
        var running = new RunningScore(_task.Metric);
        foreach (var example in _examples.Where(example => progress is not null && known.ContainsKey(example.Id)))
            running.Add(example, known[example.Id].Text);
        var todo = _examples.Where(example => !known.ContainsKey(example.Id)).ToList();
        var done = 0;
        progress?.Report(new("evaluating", 0, todo.Count));
        foreach (var some in todo.Chunk(batch))
        {
            var clock = Stopwatch.StartNew();
            foreach (var (example, text) in some.Zip(Write(some, stop)))
            {
                var prediction = new Prediction(example.Id, text.Text)
                {
                    InputTokens = text.InputTokens,
                    DroppedTokens = text.DroppedTokens,
                    OutputTokens = text.OutputTokens,
                    Seconds = clock.Elapsed.TotalSeconds / some.Length,
                };
                file.Add(prediction);
                known[example.Id] = prediction;
                if (progress is not null) running.Add(example, prediction.Text);
            }
            done += some.Length;
            if (progress is null) continue;
            progress.Subject = $"{_task.Name}, {known.Count} of {_examples.Count}, {running}";
            progress.Report(new("evaluating", done, todo.Count));
        }
        return [.. _examples.Select(example => known[example.Id])];
    }

    private IEnumerable<GeneratedText> Write(Example[] some, CancellationToken stop)
        => _head is not null ? some.Select(example => _head.Of(example, stop)) : _summaries is not null
            ? new Summarizer(_model).SummarizeAll([.. some.Select(example => example.Document)], _summaries, stop)
            : _model.GenerateAll([.. some.Select(example => _asks ? example.Input : example.Document)], _options, stop)
                .Select(texts => texts[0]);

    /// <summary>The mean so far of the measure that is read first.</summary>
    private sealed class RunningScore(TaskMetric metric)
    {
        private string _name = "";
        private double _sum;
        private int _count;

        public void Add(Example example, string prediction)
        {
            (_name, var value) = Scores.First(metric, RougeProfile.T5, example, prediction);
            _sum += value;
            _count++;
        }

        public override string ToString(
            ) => string.Create(CultureInfo.InvariantCulture, $"{_name} {_sum / _count:0.0}");
    }
}
