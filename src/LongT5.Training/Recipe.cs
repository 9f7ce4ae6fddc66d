using LongT5.Formats;
using LongT5.Hub;
using LongT5.Text;
using LongT5.Torch;
using LongT5.Training.Data;
using LongT5.Training.Objectives;
using static TorchSharp.torch;

namespace LongT5.Training;

/// <summary>A part of the run: its batches, and the steps for which they last.</summary>
sealed record Stage(StageOptions Options, long Start, long End, Data.Stream Batches);

/// <summary>The options of a run with everything that they name opened.</summary>
sealed class Recipe : IDisposable
{
    Checkpoint? _from;
    readonly System.Text.Json.JsonElement _fields;
    readonly LongT5Config _config;
    readonly string _configPath, _vocabulary;
    readonly Device _device;
    readonly Dictionary<string, Corpus> _corpora = [];

    public Recipe(TrainingOptions options)
    {
        options.Check();
        Options = options;
        _device = ChooseDevice(options.Device);
        if ((options.From is null) == (options.Model is null))
            throw new ArgumentException("A run starts from a checkpoint (--from) or from a shape (--model): exactly one of the two is needed.");
        _from = options.From is { } from ? ModelLocation.Open(from) : null;
        _configPath = options.Model ?? Path.Combine(_from!.Folder, "config.json");
        var fields = JsonFile.Read(_configPath);
        (_fields, _config) = (fields.Element, _from?.Config ?? ConfigJson.Read(fields));
        _vocabulary = options.Tokenizer ?? _from?.SentencePiecePath ?? _from?.TokenizerJsonPath
            ?? throw new ArgumentException("There is no vocabulary: name a spiece.model or tokenizer.json with --tokenizer.");
        Tokenizer = Tokenizer.Load(_vocabulary);
        if (options.Sources.Count == 0) throw new ArgumentException("There is nothing to learn from: name texts with --data, or sources in the options.");
        if (options.Salience > 0 && !options.Sources.Values.Any(source => options.ObjectiveOf(source) is PrincipalSentences or Extracts))
            throw new ArgumentException("The salience of sentences is to be trained, but no source knows it: principal-sentences and extracts do.");
        foreach (var (name, source) in options.Sources) _corpora[name] = Corpus.Open(source.Paths);
        Stages = CreateStages();
        ToBatch([Stages[0].Batches.Make(0)]).Dispose(); // what does not fit together is told of before anything is written
        HeldOut = CreateHeldOut();
    }

    /// <summary>The options.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The vocabulary.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The parts of the run, in order.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>Examples that are measured and never trained on; null where nothing is measured.</summary>
    public HeldOut? HeldOut { get; }

    /// <summary>SHA-256 of the bytes of every source, by its name.</summary>
    public Dictionary<string, string> Fingerprints => _corpora.ToDictionary(c => c.Key, c => c.Value.Fingerprint);

    /// <summary>The model with the weights that the run starts from or goes on from; asked for once.</summary>
    public TorchModel CreateModel(string? continued)
    {
        var options = new TorchOptions
        {
            Device = _device,
            Precision = Options.Bfloat16 ? MatrixPrecision.BFloat16 : MatrixPrecision.Exact,
            Recompute = Options.Recompute,
        };
        using var from = _from;
        _from = null; // mapped, a base model would keep a gigabyte in memory beside the tensors' copy of it
        if (continued is not null)
        {
            using var checkpoint = ModelLocation.Open(continued);
            return TorchWeights.Open(checkpoint, options);
        }
        if (from is not null) return TorchWeights.Open(from, options);
        var model = new TorchModel(_config, options);
        Initializer.Fill(model, Options.Seed);
        if (Options.CopyCircuit) CopyCircuit.Set(model, Options.Seed);
        return model;
    }

    /// <summary>Examples as tensors.</summary>
    public Batch ToBatch(Example[] examples)
        => new([.. examples.Select(example => example.Input)], [.. examples.Select(example => example.Target)], _config, _device);

    /// <summary>Writes a model into a folder: its weights, its configuration, its vocabulary.</summary>
    public void WriteModel(string folder, TorchModel model)
    {
        ModelFolder.Write(folder, _fields, _config, [.. TorchWeights.Outgoing(model)]);
        ModelFolder.Copy(Path.GetDirectoryName(Path.GetFullPath(_configPath))!, folder, [ModelFolder.Generation]);
        var isPipeline = _vocabulary.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        ModelFolder.Copy(_vocabulary, Path.Combine(folder, isPipeline ? "tokenizer.json" : "spiece.model"));
        // Beside a tokenizer.json, a spiece.model would be taken before it.
        string[] named = isPipeline ? ["spiece.model", "tokenizer.json"] : ["spiece.model"];
        ModelFolder.Copy(Path.GetDirectoryName(Path.GetFullPath(_vocabulary))!, folder, ModelFolder.Vocabulary.Except(named));
    }

    /// <summary>The device that was named, or a GPU where there is one.</summary>
    internal static Device ChooseDevice(string? name)
    {
        if (name is null) return cuda.is_available() ? CUDA : CPU;
        if (name != "cpu" && !name.StartsWith("cuda", StringComparison.Ordinal))
            throw new ArgumentException($"The device {name} is not known; cpu, cuda and cuda:N are.");
        if (name != "cpu" && !cuda.is_available())
            throw new ArgumentException($"The device {name} was asked for, but libtorch sees no GPU; see docs/training.");
        return new Device(name);
    }

    Stage[] CreateStages()
    {
        var total = Options.Stages.Sum(stage => stage.Share);
        double done = 0;
        return [.. Options.Stages.Select((stage, i) =>
        {
            var start = (long)Math.Round(Options.Steps * done / total);
            done += stage.Share;
            var end = (long)Math.Round(Options.Steps * done / total);
            var rates = stage.Rates ?? _corpora.Keys.ToDictionary(name => name, _ => 1.0);
            foreach (var name in rates.Keys)
                if (!_corpora.ContainsKey(name))
                    throw new ArgumentException($"Stage {i + 1} draws from {name}, which is not among the sources {string.Join(", ", _corpora.Keys)}.");
            var sources = rates.Where(rate => rate.Value > 0)
                .Select(rate => (_corpora[rate.Key], ObjectiveOf(Options.Sources[rate.Key]), rate.Value)).ToArray();
            return new Stage(stage, start, end, new(sources, new Room(stage.Input, stage.Target), stage.Batch, (long)new Dice(Options.Seed, stream: 3, i).Bits(), Options.Competence?.By ?? default)
            {
                // Known for a group of batches at a time: what its first step may draw.
                Competence = Options.Competence is { } competence ? batch => competence.At(start + batch / stage.Accumulate) : null,
            });
        })];
    }

    HeldOut? CreateHeldOut()
    {
        if (Options.Evaluation is not { } evaluation) return null;
        using var corpus = Corpus.Open(evaluation.Source.Paths);
        var stage = Options.Stages[^1];
        var stream = new Data.Stream([(corpus, ObjectiveOf(evaluation.Source), 1.0)], new Room(stage.Input, stage.Target), 1, seed: 0);
        return new([.. Enumerable.Range(0, evaluation.Examples).Select(i => stream.Make(i))], stage, evaluation, Tokenizer, corpus.Fingerprint);
    }

    Objective ObjectiveOf(SourceOptions source) => Options.ObjectiveOf(source) with { Encode = text => Tokenizer.Encode(text, addEnd: false) };

    /// <inheritdoc/>
    public void Dispose()
    {
        _from?.Dispose();
        foreach (var corpus in _corpora.Values) corpus.Dispose();
    }
}
