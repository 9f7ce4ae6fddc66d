using System.Diagnostics;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Torch;
using LongT5.Torch.Native;
using LongT5.Training.Data;
using LongT5.Training.Distillation;
using LongT5.Training.Losses;
using LongT5.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Training;

/// <summary>What the loop tells of a step.</summary>
/// <param name="State">Where the run stands after it.</param>
/// <param name="Loss">The mean loss of its labels; no number before the first step.</param>
/// <param name="Terms">The other terms of what is minimised, by their names.</param>
/// <param name="GradientNorm">The norm of the gradient before it was cut.</param>
/// <param name="Rate">The learning rate.</param>
/// <param name="HeldOut">What the held-out examples gave, where they were measured after this step.</param>
readonly record struct StepReport(
    TrainingState State, double Loss, IReadOnlyDictionary<string, double> Terms, double GradientNorm, double Rate,
        Measurements? HeldOut)
{
    /// <summary>How often every text was seen, on the average.</summary>
    public double Epoch { get; init; }

    /// <summary>What each source lost; null where there is one.</summary>
    public LossBySource? BySource { get; init; }
}

/// <summary>Why a run ended.</summary>
enum StopReason
{
    /// <summary>All its steps are taken.</summary>
    Steps,

    /// <summary>So many measurements in a row found no better model.</summary>
    Patience,

    /// <summary>Someone asked for it.</summary>
    Asked,

    /// <summary>It was to go no further, for now.</summary>
    Until,
}

/// <summary>A loss or a gradient was infinite or no number.</summary>
sealed class NotANumberException(string message) : Exception(message);

/// <summary>The training loop.</summary>
sealed class Trainer : IDisposable
{
    const string Best = "best";

    readonly TrainingOptions _options;
    readonly Recipe _recipe;
    readonly TrainedModel _trained;
    readonly TorchModel _model;
    readonly LossSum _loss;
    readonly Distiller? _distiller;
    readonly Optimizer[] _optimizers;
    readonly CheckpointFolder _checkpoints;
    readonly IReadOnlyList<(string Name, Parameter Weight)> _weights; // those that are trained
    readonly long _begun;
    bool _updating; // whether weights are being changed
    // its steps last long, and giving memory back costs a fraction of a second for every gigabyte
    readonly bool _isLarge;

    /// <summary>Opens the weights, and continues where a run stopped.</summary>
    /// <param name="recipe">The run; disposed with the trainer.</param>
    /// <param name="resume">Whether the newest checkpoint in the output folder is continued, if there is one.</param>
    /// <exception cref="ArgumentException">
    /// The folder holds another run, or nothing that this one can go on from.
    /// </exception>
    public Trainer(Recipe recipe, bool resume)
    {
        (_recipe, _options) = (recipe, recipe.Options);
        _checkpoints = new CheckpointFolder(Path.Combine(_options.Output, "checkpoints"), _options.Checkpoints);
        if (!resume && _checkpoints.HasSome)
            throw new ArgumentException($"{_options.Output} holds checkpoints of a run; --resume goes on from them, "
                + $"and a new run wants another folder (--output).");
        var continued = resume ? _checkpoints.Newest(damaged => PassedOver.Add(damaged)) : null;
        if (continued is null && PassedOver.Count > 0)
            throw new ArgumentException($"Every checkpoint of {_options.Output} is damaged "
                + $"({string.Join(", ", PassedOver.Select(Path.GetFileName))}): "
                + "there is nothing to go on from, and to begin anew would overwrite what the run left. Begin in "
                    + "another folder (--output), from best/ there if it is whole.");
        Changed = continued is null ? [] : ResumedOptions.Changed(continued, _options);
        _trained = _recipe.CreateModel(continued);
        _model = _trained.Model;
        _distiller = _recipe.CreateDistiller(_model);
        _loss = LossSum.Of(_options, _distiller);
        _weights = [.. _trained.Trained, .. _distiller?.Projections.All ?? []];
        _isLarge = _model.parameters().Sum(weight => weight.NumberOfElements) > 1 << 26;
        if (_isLarge) Libtorch.ReturnMemoryWhenFreed();
        _optimizers = (_options.Optimizer with { MatrixType = _model.Options.MatrixType }).Create(_weights);
        State = continued is null
            ? new() { Fingerprints = _recipe.Fingerprints, HeldOutFingerprint = _recipe.HeldOutFingerprint }
            : Restore(continued);
        _begun = State.Step;
    }

    /// <summary>Options that differ from those that the run was begun with, as sentences.</summary>
    public List<string> Changed { get; }

    /// <summary>Newer checkpoints than the one that the run goes on from, which are damaged.</summary>
    public List<string> PassedOver { get; } = [];

    /// <summary>Where the run stands.</summary>
    public TrainingState State { get; private set; }

    /// <summary>The model as it is now.</summary>
    public TorchModel Model => _model;

    /// <summary>The numbers that are trained.</summary>
    public long TrainedNumbers => _weights.Sum(one => one.Weight.NumberOfElements);

    /// <summary>Takes all steps that are left. Whatever ends it, a failure too, leaves a checkpoint.</summary>
    /// <param name="report">Called after every step.</param>
    /// <param name="until">Stops after this step, with a checkpoint; null goes to the end.</param>
    /// <param name="cancellation">Stops after the step that is being taken, with a checkpoint.</param>
    /// <returns>Why it ended.</returns>
    public StopReason Run(Action<StepReport> report, long? until = null, CancellationToken cancellation = default)
    {
        try
        {
            var reason = TakeSteps(report, until, cancellation);
            Save();
            return reason;
        }
        catch
        {
            SaveWhatThereIs();
            throw;
        }
    }

    StopReason TakeSteps(Action<StepReport> report, long? until, CancellationToken cancellation)
    {
        if (State.Step == 0 && _options.Evaluation.AtStart && !cancellation.IsCancellationRequested)
        {
            State = State with { Best = null, BestStep = null, WithoutBetter = 0 };
            var measured = Evaluate(_options.Evaluation); // which sets the state
            report(new(State, double.NaN, new Dictionary<string, double>(), 0, 0, measured));
        }
        foreach (var stage in _recipe.Stages.Where(stage => stage.End > State.Step))
        {
            using var batches = stage.Batches.From((State.Step - stage.Start) * stage.Options.Accumulate)
                .GetEnumerator();
            while (State.Step < stage.End)
            {
                if (cancellation.IsCancellationRequested) return StopReason.Asked;
                if (Stops()) return StopReason.Patience;
                if (State.Step >= until) return StopReason.Until;
                var bySource = _options.Sources.Count > 1 ? new LossBySource() : null;
                var (loss, terms, norm, rate) = TakeStep(batches, stage.Options, bySource);
                var heldOut = _recipe.HeldOut.Count > 0 && IsDue(_options.Evaluation.Every)
                    ? Evaluate(_options.Evaluation) : null;
                report(new(State, loss, terms, norm, rate, heldOut)
                {
                    Epoch = _recipe.EpochAt(State.Step),
                    BySource = bySource,
                });
                if (State.Step % _options.SaveEvery == 0) Save();
            }
        }
        return StopReason.Steps;
    }

    // What was being changed, or is no number, is no checkpoint; and the failure that ended the run is the one to be
    // told.
    void SaveWhatThereIs()
    {
        if (State.Step == _begun || _updating) return;
        try
        {
            Save();
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException or NotANumberException)
        {
            // The last checkpoint stays.
        }
    }

    /// <summary>Whether something is done after this step: every so many, and after the last.</summary>
    bool IsDue(long every) => State.Step % every == 0 || State.Step == _options.Steps;

    /// <summary>One step of the optimizer.</summary>
    (double Loss, Dictionary<string, double> Terms, double Norm, double Rate) TakeStep(
        IEnumerator<TokenizedExample[]> batches,
        StageOptions stage, LossBySource? bySource)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var examples = new List<TokenizedExample[]>();
        while (examples.Count < stage.Accumulate && batches.MoveNext()) examples.Add(batches.Current);
        var labels = examples.Sum(batch => batch.Sum(example => (long)example.Labels));

        foreach (var (_, weight) in _weights) weight.grad = null;
        if (_isLarge) Libtorch.ReturnFreeMemory();
        double loss = 0;
        var terms = new Dictionary<string, double>();
        foreach (var (i, part) in examples.Index())
        {
            using var inner = NewDisposeScope();
            using var batch = _recipe.ToBatch(part);
            var seed = (long)new Dice(_options.Seed, State.Step, i).Bits();
            using var dropped = _model.DropInAdapter(seed);
            var (sum, words, others) = _loss.Of(ForwardPass.Take(_model, batch, _options.Dropout, seed,
                _distiller?.Layers) with
            {
                Teacher = _distiller?.Teach(part),
                Examples = part,
                BySource = bySource,
                Divisor = labels,
                Parts = examples.Count,
            });
            TorchModel.Backward(sum);
            loss += words;
            foreach (var (name, value) in others) terms[name] = terms.GetValueOrDefault(name) + value;
        }
        var norm = Gradients.Norm(_weights);
        var rate = _options.Optimizer.Rate * _options.Schedule.At(State.Step, _options.Steps);
        var taken = double.IsFinite(loss) && double.IsFinite(norm);
        if (taken)
        {
            if (_options.Clip > 0 && norm > _options.Clip) Gradients.Scale(_weights, _options.Clip / norm);
            _updating = true;
            foreach (var optimizer in _optimizers) optimizer.Step(rate, State.Step + 1);
            _updating = false;
        }
        else Refuse(examples, loss, norm);
        State = State with
        {
            Step = State.Step + 1,
            InputTokens = State.InputTokens + examples.Sum(batch => batch.Sum(example => (long)example.Input.Length)),
            TargetTokens = State.TargetTokens + labels,
            Seconds = State.Seconds + clock.Elapsed.TotalSeconds,
            Skipped = State.Skipped + (taken ? 0 : 1),
        };
        return (loss, terms, norm, rate);
    }

    /// <summary>Keeps the batch that gave no number, and stops unless the options allow for one more.</summary>
    void Refuse(List<TokenizedExample[]> examples, double loss, double norm)
    {
        Directory.CreateDirectory(_options.Output);
        var path = Path.Combine(_options.Output, $"not-a-number-{State.Step}.json");
        FileReplacement.Write(path, stream => JsonSerializer.Serialize(stream, examples, TrainingOptions.Json));
        if (State.Skipped >= _options.SkipNotANumber)
            throw new NotANumberException(
                $"Step {State.Step}: the loss is {loss} and the gradient's norm {norm}. No step was taken and the "
                    + $"weights "
                + $"are those before it; the batch is kept in {path}. Lower the rate, clip, or use float32.");
    }

    /// <summary>
    /// Measures the model on held-out examples, and keeps it in <c>best</c> if none before was better.
    /// </summary>
    Measurements Evaluate(EvaluationOptions evaluation)
    {
        var candidate = Path.Combine(_options.Output, ".candidate");
        var writes = evaluation.Generate > 0;
        if (writes) WriteModel(candidate);
        var sources = _recipe.HeldOut.ToDictionary(source => source.Key, source =>
        {
            var (loss, salience, labels) = source.Value.Loss(_model, _recipe.ToBatch, _options.Salience > 0);
            return new Measurement(loss, salience, writes ? source.Value.Write(candidate) : null) { Labels = labels };
        });
        var measured = new Measurements(sources, sources.Where(source => evaluation.Of is null
            || source.Key == evaluation.Of).Average(source => source.Value.By(_options.JudgeOf(source.Key))));
        var by = measured.By;
        var better = !double.IsNaN(by) && !(by <= State.Best);
        State = State with
        {
            Best = better ? by : State.Best,
            BestStep = better ? State.Step : State.BestStep,
            Last = by,
            WithoutBetter = better ? 0 : State.WithoutBetter + 1,
        };
        if (better)
        {
            if (!writes) WriteModel(candidate);
            CheckpointFolder.Replace(Path.Combine(_options.Output, Best), candidate);
        }
        else if (writes) Directory.Delete(candidate, recursive: true);
        return measured;
    }

    bool Stops() => _options.Evaluation.Patience is > 0 and var patience && State.WithoutBetter >= patience;

    /// <summary>Writes a checkpoint, unless a weight is no number.</summary>
    void Save() => _checkpoints.Save(State.Step, folder =>
    {
        WriteModel(folder);
        _distiller?.Projections.Write(folder);
        SafetensorsWriter.Write(Path.Combine(folder, "optimizer.safetensors"), _optimizers
            .SelectMany((optimizer, i)
                => optimizer.Memory.Select(item => TorchWeights.Outgoing($"{i}.{item.Key}", item.Value))));
        FileReplacement.Write(Path.Combine(folder, "state.json"), stream
            => JsonSerializer.Serialize(stream, State, TrainingOptions.Json));
        FileReplacement.Write(Path.Combine(folder, ResumedOptions.FileName), stream
            => JsonSerializer.Serialize(stream, _options.WithFullPaths(), TrainingOptions.Json));
    });

    /// <summary>Writes the result into the output folder: the best model, or the last one.</summary>
    /// <returns>The step after which the model was what was written.</returns>
    public long WriteResult()
    {
        var best = Path.Combine(_options.Output, Best);
        if (_options.Keep == KeptModel.Last || State.BestStep is not { } step || !Directory.Exists(best))
        {
            WriteModel(_options.Output);
            return State.Step;
        }
        foreach (var file in Directory.GetFiles(best))
        {
            FileReplacement.Write(Path.Combine(_options.Output, Path.GetFileName(file)), stream =>
            {
                using var source = File.OpenRead(file);
                source.CopyTo(stream);
            });
        }
        return step;
    }

    /// <summary>
    /// Writes what is trained, a model or an adapter, as a folder that this library, transformers and PEFT open.
    /// </summary>
    public void WriteModel(string folder)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in _weights)
            if (!isfinite(weight).all().item<bool>())
                throw new NotANumberException($"Step {State.Step}: {name} has a value that is no number; nothing was "
                    + $"written.");
        Directory.CreateDirectory(folder);
        _trained.Save(folder);
    }

    TrainingState Restore(string checkpoint)
    {
        _distiller?.Projections.Read(checkpoint);
        using var file = Safetensors.Open(Path.Combine(checkpoint, "optimizer.safetensors"));
        foreach (var (name, stored) in file.Tensors)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var value = zeros(stored.Shape, device: _model.Options.Device);
            TorchWeights.Read(stored, value);
            _optimizers[int.Parse(name.AsSpan(0, dot), System.Globalization.CultureInfo.InvariantCulture)]
                .Restore(name[(dot + 1)..], value);
        }
        var path = Path.Combine(checkpoint, "state.json");
        using var json = File.OpenRead(path);
        var state = JsonSerializer.Deserialize<TrainingState>(json, TrainingOptions.Json)!;
        foreach (var (source, fingerprint) in state.Fingerprints)
            if (_recipe.Fingerprints.GetValueOrDefault(source) != fingerprint)
                throw new ArgumentException($"The texts of source {source} are not those that the run began with; a "
                    + $"run goes on only on the same.");
        var heldOut = _recipe.HeldOutFingerprint;
        if (state.HeldOutFingerprint == heldOut) return state;
        Changed.Add("the held-out rows are others: the best model is sought anew among them");
        return state with
        {
            HeldOutFingerprint = heldOut,
            Best = null,
            BestStep = null,
            Last = null,
            WithoutBetter = 0,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var optimizer in _optimizers) optimizer.Dispose();
        _distiller?.Dispose();
        _trained.Dispose();
        _recipe.Dispose();
    }
}
