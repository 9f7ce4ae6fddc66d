using System.Diagnostics;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Training.Tuning;

/// <summary>How a trial ended, or a part of it.</summary>
/// <param name="Step">Steps that it took.</param>
/// <param name="Held">How good its model is, the higher the better.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
readonly record struct TrialEnd(long Step, double? Held, string? Failure = null);

/// <summary>Takes trials until all are taken, and writes down what became of each.</summary>
sealed class Tuner
{
    const string Ledger = "trials.jsonl", Begun = "tuning.json", Trials = "trials";

    // Of a trial that is no candidate any more its figures stay.
    static readonly string[] s_kept = ["options.json", TrainCommand.RunFile, "log.jsonl", "README.md"];

    readonly TuningOptions _options;
    readonly SearchSpace _space;
    readonly Plan _plan;
    readonly List<TrialResult> _results;

    /// <param name="options">The search.</param>
    /// <param name="resume">Whether the search in the output folder goes on, if there is one.</param>
    /// <exception cref="ArgumentException">The folder holds another search.</exception>
    public Tuner(TuningOptions options, bool resume)
    {
        options.Check();
        _options = options;
        _space = new(options.Run, options.Space);
        _plan = new(options, _space);
        var ledger = In(Ledger);
        var holds = File.Exists(In(Begun));
        if (holds && !resume)
            throw new ArgumentException($"{options.Output} holds a search; --resume goes on with it, and a new one "
                + "wants another folder (--output).");
        if (holds) Compare();
        _results = !File.Exists(ledger) ? [] : [.. File.ReadLines(ledger)
            .Select(line => JsonSerializer.Deserialize<TrialResult>(line, TrainingOptions.Line)!)];
    }

    /// <summary>What has been, in order.</summary>
    public IReadOnlyList<TrialResult> Results => _results;

    /// <summary>Names of the fields that are searched.</summary>
    public IReadOnlyList<string> Names => _space.Names;

    /// <summary>Steps after which trials are compared; the last is all of them.</summary>
    public IReadOnlyList<long> Rungs => _plan.Rungs;

    /// <summary>The result of the best trial that was taken to its end; null where there is none.</summary>
    public TrialResult? Best => _results.Where(one => one.Rung == Rungs.Count - 1 && double.IsFinite(one.Score))
        .OrderByDescending(one => one.Score).ThenBy(one => one.Trial).FirstOrDefault();

    /// <summary>The folder of a trial.</summary>
    public string FolderOf(int trial) => In(Path.Combine(Trials, $"{trial:000}"));

    /// <summary>Takes all trials that are left.</summary>
    /// <param name="take">
    /// Takes the trial with these options, which lies in a folder of its own, as far as a step (null: to its end), and
    /// goes on where it was stopped; gives null when it is stopped.
    /// </param>
    /// <param name="begins">Is told of a trial before it begins or goes on.</param>
    /// <param name="ended">Is told what became of it.</param>
    /// <returns>Whether all are taken.</returns>
    public bool Run(Func<TrainingOptions, long?, TrialEnd?> take,
        Action<Job, IReadOnlyList<JsonElement>>? begins = null, Action<TrialResult>? ended = null)
    {
        Directory.CreateDirectory(_options.Output);
        FileReplacement.Write(In(Begun), stream => JsonSerializer.Serialize(stream, Comparable(_options),
            TrainingOptions.Json));
        Clean();
        while (_plan.Next(_results) is { } job)
        {
            var values = _plan.Values(job.Trial, _results)!;
            begins?.Invoke(job, values);
            var clock = Stopwatch.StartNew();
            if (Take(job, values, take) is not { } end) return false;
            var result = new TrialResult
            {
                Trial = job.Trial,
                Rung = job.Rung,
                Step = end.Step,
                Values = Names.Zip(values).ToDictionary(),
                Held = end.Held,
                Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
                Failure = end.Failure,
            };
            _results.Add(result);
            Write();
            Clean();
            ended?.Invoke(result);
        }
        return true;
    }

    TrialEnd? Take(Job job, JsonElement[] values, Func<TrainingOptions, long?, TrialEnd?> take)
    {
        var folder = FolderOf(job.Trial);
        TrainingOptions trial;
        try
        {
            trial = _space.With(values) with { Output = Path.GetFullPath(folder) };
            trial.Check();
        }
        catch (Exception wrong) when (wrong is ArgumentException or JsonException)
        {
            return new(0, null, wrong.Message);
        }
        Directory.CreateDirectory(folder);
        FileReplacement.Write(Path.Combine(folder, "options.json"), stream
            => JsonSerializer.Serialize(stream, trial, TrainingOptions.Json));
        return take(trial, job.Rung == Rungs.Count - 1 ? null : Rungs[job.Rung]);
    }

    /// <summary>The options of a trial, as <c>longt5 train</c> takes them.</summary>
    public TrainingOptions OptionsOf(TrialResult trial) => _space.With([.. Names.Select(name => trial.Values[name])]);

    // Weights take the room: those of the best stay, and of trials that may go on.
    void Clean()
    {
        var best = Best;
        var done = _plan.Next(_results) is null;
        foreach (var trial in _results.GroupBy(one => one.Trial))
        {
            var isOver = done || trial.Any(one => one.Failure is not null || one.Rung == Rungs.Count - 1);
            var folder = FolderOf(trial.Key);
            if (!isOver || trial.Key == best?.Trial || !Directory.Exists(folder)) continue;
            foreach (var part in Directory.GetDirectories(folder)) Directory.Delete(part, recursive: true);
            foreach (var file in Directory.GetFiles(folder))
                if (!s_kept.Contains(Path.GetFileName(file))) File.Delete(file);
        }
    }

    void Write() => FileReplacement.Write(In(Ledger), stream =>
    {
        foreach (var result in _results)
        {
            JsonSerializer.Serialize(stream, result, TrainingOptions.Line);
            stream.WriteByte((byte)'\n');
        }
    });

    // Another budget goes on with the same search; anything else makes another one.
    static TuningOptions Comparable(TuningOptions options)
        => options with { Output = "", Trials = 1, Hours = null, Run = options.Run.WithFullPaths() with { Output = "" } };

    void Compare()
    {
        var now = JsonSerializer.SerializeToNode(Comparable(_options), TrainingOptions.Json);
        var begun = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllBytes(In(Begun)));
        if (!System.Text.Json.Nodes.JsonNode.DeepEquals(now, begun))
            throw new ArgumentException($"{_options.Output} holds a search with other options ({Begun}). It goes on "
                + "only with the same; trials and hours may be others. Begin another one in a folder of its own "
                + "(--output).");
    }

    string In(string name) => Path.Combine(_options.Output, name);
}
