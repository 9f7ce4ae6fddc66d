using LongT5.Data;
using LongT5.Formats;
using LongT5.Hub;
using LongT5.Text;
using LongT5.Torch;
using LongT5.Training.Data;
using LongT5.Training.Distillation;
using LongT5.Training.Objectives;
using static TorchSharp.torch;
using Stream = LongT5.Training.Data.Stream;

namespace LongT5.Training;

/// <summary>A part of the run: its batches, and the steps for which they last.</summary>
sealed record Stage(StageOptions Options, long Start, long End, Stream Batches)
{
    /// <summary>How often each source is drawn, of all.</summary>
    public required IReadOnlyDictionary<string, double> Shares { get; init; }

    /// <summary>Examples of a step.</summary>
    public long ExamplesOfStep => (long)Options.Batch * Options.Accumulate;
}

/// <summary>The options of a run with everything that they name opened and checked.</summary>
sealed class Recipe : IDisposable
{
    // About, of English.
    const int CharactersOfToken = 5;

    Checkpoint? _from;
    LongT5Config _config;
    readonly Device _device;
    readonly Dictionary<string, Corpus> _corpora = [];
    readonly Dictionary<string, Corpus> _heldOut = [];
    readonly Dictionary<string, int> _bad = [];

    public Recipe(TrainingOptions options)
    {
        options.Check();
        Options = options;
        _device = ChooseDevice(options.Device);
        if ((options.From is null) == (options.Model is null))
            throw new ArgumentException("A run starts from a checkpoint (--from) or from a shape (--model): exactly "
                + "one of the two is needed.");
        if (options.Sources.Count == 0) throw new ArgumentException("There is nothing to learn from: name texts with "
            + "--data, or sources in the options.");
        if (options.Salience > 0
            && !options.Sources.Values.Any(source => options.ObjectiveOf(source) is PrincipalSentences or Extracts))
            throw new ArgumentException("The salience of sentences is to be trained, but no source knows it: "
                + "principal-sentences and extracts do.");
        _from = options.From is { } from ? ModelLocation.Open(from) : null;
        if (options.Head is null && _from is { Head: var head } && head.GivesLabels())
            throw new ArgumentException($"{options.From} has a head of labels ({head}), which writes no text: say with "
                + $"--head what it is to learn.");
        ModelFiles = ResultFiles.Of(options, _from);
        _config = _from?.Config ?? ConfigJson.Read(JsonFile.Read(options.Model!));
        if (_config.Extensions.PoolingStride > 1 && (options.Salience > 0 || options.TermFrequency > 0))
            throw new ArgumentException("Salience and term frequency are read off a state for each token, and the "
                + $"model pools {_config.Extensions.PoolingStride} of them into one.");
        Tokenizer = Tokenizer.Load(ModelFiles.Vocabulary);
        Distiller.Check(options, _config, Tokenizer);
        try
        {
            foreach (var (name, source) in options.Sources)
                _corpora[name] = Open(name, source, source.Paths, Split.Train);
            if (options.Head is not null) KnowLabels(options.Head);
            foreach (var (name, source) in options.Sources)
            {
                if (source.HeldOut is { } held)
                    _heldOut[name] = Open($"the held-out {name}", source, held, Split.Validation);
                else if (source.HoldOut is { } share)
                    (_corpora[name], _heldOut[name]) = _corpora[name].HoldOut(share, options.Evaluation.Examples,
                        options.ObjectiveOf(source), CharactersOfToken * options.Stages[^1].Input);
            }
            if (options.Epochs is { } epochs) Options = Options with { Steps = StepsOf(epochs), Epochs = null };
            Stages = CreateStages();
            // what does not fit together is told of before anything is written
            ToBatch([Stages[0].Batches.Make(0)]).Dispose();
            HeldOut = _heldOut.ToDictionary(rows => rows.Key, rows => CreateHeldOut(rows.Key, rows.Value));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The options, the number of steps among them.</summary>
    public TrainingOptions Options { get; private set; }

    /// <summary>The vocabulary.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>What a model folder has beside its weights.</summary>
    public ResultFiles ModelFiles { get; private set; }

    /// <summary>The parts of the run, in order.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>Examples that are measured and never trained on, of each source that has some.</summary>
    public IReadOnlyDictionary<string, HeldOut> HeldOut { get; }

    /// <summary>The rows of the sources, by their names.</summary>
    public IReadOnlyDictionary<string, Corpus> Corpora => _corpora;

    /// <summary>The held-out rows of each source that has some.</summary>
    public IReadOnlyDictionary<string, Corpus> HeldOutRows => _heldOut;

    /// <summary>SHA-256 of the held-out rows, source by source; null where there are none.</summary>
    public string? HeldOutFingerprint => _heldOut.Count == 0 ? null
        : string.Join(' ', _heldOut.Select(rows => rows.Value.Fingerprint));

    /// <summary>What was told of while rows were read: bad ones, guessed encodings, files that were left out.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>SHA-256 of the rows of every source, by its name.</summary>
    public Dictionary<string, string> Fingerprints => _corpora.ToDictionary(c => c.Key, c => c.Value.Fingerprint);

    /// <summary>The model with the weights that the run starts from or goes on from; asked for once.</summary>
    public TrainedModel CreateModel(string? continued)
    {
        var options = new TorchOptions
        {
            Device = _device,
            Precision = Options.Bfloat16 ? MatrixPrecision.BFloat16 : MatrixPrecision.Exact,
            Recompute = Options.Recompute ?? Options.Adapter is not null,
        };
        using var from = _from;
        _from = null; // mapped, a base model would keep a gigabyte in memory beside the tensors' copy of it
        if (Options.Adapter is not null) return TrainedModel.Beside(Begin(from!), Options, ModelFiles, continued);
        if (continued is not null)
        {
            using var checkpoint = Checkpoint.Open(continued);
            return TrainedModel.Whole(TorchWeights.Open(checkpoint, options), Options, ModelFiles);
        }
        if (from is not null) return TrainedModel.Whole(Begin(from), Options, ModelFiles);
        var model = new TorchModel(_config, options, Options.Head?.Head);
        Initializer.Fill(model, Options.Seed);
        if (Options.CopyCircuit) CopyCircuit.Set(model, Options.Seed);
        return TrainedModel.Whole(model, Options, ModelFiles);

        TorchModel Begin(Checkpoint checkpoint) => Options.Head is { } head
            ? TorchWeights.Open(checkpoint, options, _config.Labels, head.Head, Options.Seed)
            : TorchWeights.Open(checkpoint, options);
    }

    /// <summary>The teacher of the run; null where it has none.</summary>
    /// <param name="model">The student.</param>
    public Distiller? CreateDistiller(TorchModel model)
        => Options.Distillation is null ? null : new(Options, model.Config, model.Options);

    /// <summary>Examples as tensors; beneath a head of labels the decoder reads what the encoder reads.</summary>
    public Batch ToBatch(TokenizedExample[] examples)
    {
        int[][] inputs = [.. examples.Select(example => example.Input)];
        return new(inputs, Options.Head is null ? [.. examples.Select(example => example.Target)] : inputs, _config,
            _device);
    }

    /// <summary>How often every text was seen after a step, on the average.</summary>
    public double EpochAt(long step)
        => Stages.Sum(stage
            => Math.Clamp(step - stage.Start, 0,
            stage.End - stage.Start) * stage.ExamplesOfStep / (double)stage.Batches.Units);

    /// <summary>What makes an example of a row of this source, with the tokenizer that it needs.</summary>
    public Objective ObjectiveOf(SourceOptions source)
        => Options.ObjectiveOf(source) with
        {
            Encode = text => Tokenizer.Encode(text, addEnd: false),
            EncodeWithOffsets = Tokenizer.EncodeWithOffsets,
        };

    /// <summary>The device that was named, or a GPU where there is one.</summary>
    internal static Device ChooseDevice(string? name)
    {
        if (name is null) return cuda.is_available() ? CUDA : CPU;
        if (name != "cpu" && !name.StartsWith("cuda", StringComparison.Ordinal))
            throw new ArgumentException($"The device {name} is not known; cpu, cuda and cuda:N are.");
        if (name != "cpu" && !cuda.is_available())
            throw new ArgumentException($"The device {name} was asked for, but libtorch sees no GPU; see "
                + $"docs/training.");
        return new Device(name);
    }

    // The labels that are named, or those of all rows but the held-out ones that stand apart.
    void KnowLabels(HeadOptions head)
    {
        if (head.Kind is not (HeadKind.Extractive or HeadKind.Regression))
        {
            var known = head with { Labels = head.Labels ?? LabelsOf(_corpora) };
            if (known.Labels.Length < 2 && head.Kind != HeadKind.MultiLabel)
                throw new ArgumentException($"The rows have one label alone, {known.Labels[0]}: there is nothing to "
                    + $"tell apart.");
            head = known;
        }
        else if (head.Kind == HeadKind.Regression) head = head with { Labels = head.Labels ?? ["score"] };
        Options = Options with { Head = head };
        _config = _config with { Labels = head.Labels ?? new LongT5Config().Labels };
        ModelFiles = ResultFiles.Of(Options, _from);
    }

    string[] LabelsOf(IEnumerable<KeyValuePair<string, Corpus>> corpora)
    {
        var labels = corpora.SelectMany(corpus =>
        {
            var objective = Options.ObjectiveOf(Options.Sources[corpus.Key]);
            return Enumerable.Range(0, corpus.Value.Count).SelectMany(row => objective.Labels(corpus.Value.Row(row)));
        }).Distinct().ToArray();
        return labels.All(label => int.TryParse(label, out _)) ? [.. labels.OrderBy(label => int.Parse(label, null))]
            : [.. labels.OrderBy(label => label != "O").ThenBy(label => label, StringComparer.Ordinal)];
    }

    Corpus Open(string name, SourceOptions source, IReadOnlyList<string> paths, Split split)
        => Corpus.Open(paths, Options.ObjectiveOf(source), new()
        {
            Split = split,
            Advice = "Mend it, or leave such rows out with --skip-bad",
            Note = Notes.Add,
            SkipBad = !Options.SkipBad ? null : problem =>
            {
                const int Told = 5;
                var bad = _bad[name] = _bad.GetValueOrDefault(name) + 1;
                if (bad <= Told) Notes.Add($"left out: {problem}");
                else if (bad == Told + 1) Notes.Add($"left out: more of {name}, which are counted only");
            },
        });

    long StepsOf(double epochs)
    {
        var stage = Options.Stages[0];
        var texts = Sizes(stage).Values.Sum();
        return Math.Max(1, (long)Math.Ceiling(epochs * texts / ((long)stage.Batch * stage.Accumulate)));
    }

    // The texts of each source that count as one.
    Dictionary<string, long> Sizes(StageOptions stage) => _corpora.ToDictionary(
        corpus => corpus.Key,
        corpus => Source.UnitsOf(corpus.Value, Options.ObjectiveOf(Options.Sources[corpus.Key]),
            new Room(stage.Input, stage.Target)).LongCount());

    Stage[] CreateStages()
    {
        var total = Options.Stages.Sum(stage => stage.Share);
        double done = 0;
        return [.. Options.Stages.Select((stage, i) =>
        {
            var start = (long)Math.Round(Options.Steps * done / total);
            done += stage.Share;
            var end = (long)Math.Round(Options.Steps * done / total);
            var rates = stage.Rates ?? Options.Mixture.Rates(Sizes(stage));
            foreach (var name in rates.Keys)
                if (!_corpora.ContainsKey(name))
                    throw new ArgumentException($"Stage {i + 1} draws from {name}, which is not among the sources "
                        + $"{string.Join(", ", _corpora.Keys)}.");
            // Sources take turns in a cycle of a thousand.
            if (rates.FirstOrDefault(rate => rate.Value > 0
                && rate.Value / rates.Values.Sum() < 5e-4) is { Key: { } rare })
                throw new ArgumentException($"Stage {i + 1} would draw from {rare} less than once in 1,000 examples: "
                    + $"raise its rate, or the temperature of the mixture, or leave it out with a rate of 0.");
            var drawn = rates.Where(rate => rate.Value > 0).ToArray();
            var sources = drawn
                .Select(rate => (_corpora[rate.Key], ObjectiveOf(Options.Sources[rate.Key]), rate.Value)).ToArray();
            var seed = (long)new Dice(Options.Seed, stream: 3, i).Bits();
            var batches = new Stream(sources, new Room(stage.Input, stage.Target), stage.Batch, seed,
                Options.Curriculum.Difficulty?.By ?? default)
            {
                Names = _corpora.Count > 1 ? [.. drawn.Select(rate => rate.Key)] : null,
                // Known for a group of batches at a time: what its first step may draw.
                Competence = Options.Curriculum.Difficulty is { } competence
                    ? batch => competence.At(start + batch / stage.Accumulate) : null,
            };
            var all = rates.Values.Sum();
            return new Stage(stage, start, end,
                batches) { Shares = rates.ToDictionary(rate => rate.Key, rate => rate.Value / all) };
        })];
    }

    // Rows spread evenly over all; each once.
    HeldOut CreateHeldOut(string name, Corpus rows)
    {
        var (stage, evaluation, source) = (Options.Stages[^1], Options.Evaluation, Options.Sources[name]);
        var objective = ObjectiveOf(source);
        var room = new Room(stage.Input, stage.Target);
        var examples = new List<TokenizedExample>();
        for (int i = 0, count = Math.Min(rows.Count, evaluation.Examples); i < count; i++)
        {
            var row = (int)((long)i * rows.Count / count);
            var dice = new Dice(0, 1, row);
            if (objective.Make(rows.Row(row), ref dice, room) is { } example)
                examples.Add(example with { References = objective.References(rows.Row(row)) });
        }
        return examples.Count > 0
            ? new(examples, stage, evaluation, Tokenizer, Options.Head,
                Options.Adapter is null ? null : Options.From)
            : throw new ArgumentException($"{string.Join(", ", source.HeldOut ?? source.Paths)}: no held-out row gives an "
                + $"example of at most {room.Input} tokens in and {room.Target} out.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _from?.Dispose();
        foreach (var corpus in _corpora.Values.Concat(_heldOut.Values)) corpus.Dispose();
    }
}
