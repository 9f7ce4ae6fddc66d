using System.Text.Json;
using System.Text.Json.Serialization;
using LongT5.Torch.Adapters;
using LongT5.Training.Distillation;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training;

/// <summary>Where texts come from and what is made of them.</summary>
public sealed record SourceOptions
{
    /// <summary>Files and folders: JSON Lines, CSV, plain text.</summary>
    public required string[] Paths { get; init; }

    /// <summary>What makes an example of a row; null for the run's own.</summary>
    public Objective? Objective { get; init; }

    /// <summary>Texts of the same kind that are measured and never trained on; null for none.</summary>
    public string[]? HeldOut { get; init; }

    /// <summary>
    /// Share of the texts that is set aside and measured in place of such texts, of no more than are measured; null for
    /// none. Of fewer than ten texts it is the share of each, its end.
    /// </summary>
    public double? HoldOut { get; init; }

    /// <summary>Whether there is something to measure on.</summary>
    [JsonIgnore]
    public bool IsMeasured => HeldOut is not null || HoldOut is not null;

    /// <summary>What a model is judged by on them; null for what the run says (<see cref="EvaluationOptions.Best"/>).
    /// </summary>
    public Judge? Metric { get; init; }
}

/// <summary>Everything that a run is determined by.</summary>
/// <remarks>It is read from JSON, completed by the command line, and written beside the result.</remarks>
public sealed record TrainingOptions
{
    /// <summary>The folder that the run writes: checkpoints, logs, the result.</summary>
    public string Output { get; init; } = "run";

    /// <summary>
    /// A checkpoint to start from; null to start from random weights of the shape <see cref="Model"/>.
    /// </summary>
    public string? From { get; init; }

    /// <summary>A <c>config.json</c> for a start from random weights.</summary>
    public string? Model { get; init; }

    /// <summary>The vocabulary, <c>spiece.model</c>; null for that of <see cref="From"/>.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Whether random weights begin with the copy circuit; see docs/training/copy-circuit.md.</summary>
    public bool CopyCircuit { get; init; }

    /// <summary>
    /// An adapter that is trained beside the model of <see cref="From"/>; null to train the model itself.
    /// </summary>
    public AdapterOptions? Adapter { get; init; }

    /// <summary>Whether the embeddings and the vocabulary's head stay as they are.</summary>
    public bool KeepVocabulary { get; init; }

    /// <summary>A head of labels in place of the vocabulary's; null to learn to write.</summary>
    public HeadOptions? Head { get; init; }

    /// <summary>A teacher that the model learns from beside the texts; null for none.</summary>
    public DistillationOptions? Distillation { get; init; }

    /// <summary>Texts by the name of their source.</summary>
    public Dictionary<string, SourceOptions> Sources { get; init; } = [];

    /// <summary>What makes an example of a row, for all sources that do not say it themselves.</summary>
    public Objective? Objective { get; init; }

    /// <summary>How often each source is drawn, in stages that do not say it themselves.</summary>
    public Mixture Mixture { get; init; } = new();

    /// <summary>What is drawn when: how long examples are, and how difficult.</summary>
    public Curriculum Curriculum { get; init; } = new();

    /// <summary>The parts of the run, in order.</summary>
    [JsonIgnore]
    public StageOptions[] Stages => Curriculum.Length.Stages;

    /// <summary>Steps of the optimizer in the whole run, where <see cref="Epochs"/> does not say it.</summary>
    public long Steps { get; init; } = 1000;

    /// <summary>How often every text is seen in a run of one stage; null for <see cref="Steps"/>.</summary>
    public double? Epochs { get; init; }

    /// <summary>The optimizer.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The learning rate over the run.</summary>
    public Schedule Schedule { get; init; } = new();

    /// <summary>Norm to which the gradient of all weights together is cut; 0 for none.</summary>
    public double Clip { get; init; }

    /// <summary>Share of activations that are dropped, at the places where the reference drops them.</summary>
    public double Dropout { get; init; }

    /// <summary>Share of each label that is spread over the vocabulary.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Weight of the square of log Z, which keeps the logits from drifting.</summary>
    public double ZLoss { get; init; } = 1e-4;

    /// <summary>
    /// Weight of the mean square by which a dimension of the encoder's output, which the copy circuit's search heeds,
    /// misses the salience of a sentence as the objective finds it; 0 for none.
    /// </summary>
    public double Salience { get; init; }

    /// <summary>
    /// Weight of the mean square by which a dimension of the encoder's output misses the logarithm of how often a token
    /// stands in its input; 0 for none.
    /// </summary>
    public double TermFrequency { get; init; }

    /// <summary>What every random choice comes from.</summary>
    public long Seed { get; init; }

    /// <summary><c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>; null for a GPU where there is one.</summary>
    public string? Device { get; init; }

    /// <summary>Whether matrices are multiplied in bfloat16, where that is faster.</summary>
    public bool Bfloat16 { get; init; }

    /// <summary>
    /// Whether activations are computed again on the way back instead of being kept; null: with an adapter, which
    /// spares about as much work as that costs.
    /// </summary>
    public bool? Recompute { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public long SaveEvery { get; init; } = 500;

    /// <summary>Checkpoints that are kept, the best model apart; 2 or more.</summary>
    public int Checkpoints { get; init; } = 2;

    /// <summary>Which model is the result.</summary>
    public KeptModel Keep { get; init; }

    /// <summary>Whether a row that cannot be read is left out, and counted, instead of ending the run.</summary>
    public bool SkipBad { get; init; }

    /// <summary>Steps between lines of the log.</summary>
    public long LogEvery { get; init; } = 20;

    /// <summary>How the held-out texts of the sources are measured.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Batches with a loss or gradient that is no number that are passed over before the run stops.</summary>
    public int SkipNotANumber { get; init; }

    /// <summary>What makes an example of a row of this source.</summary>
    /// <exception cref="ArgumentException">Neither the source nor the run says so.</exception>
    public Objective ObjectiveOf(SourceOptions source) => (source.Objective ?? Objective) is { } objective
        ? objective with { Head = Head }
        : throw new ArgumentException($"What is to be learned from {string.Join(", ", source.Paths)}? Neither the "
            + $"source nor the run has an objective.");

    /// <summary>Tells of a number that no run can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    public void Check()
    {
        Curriculum.Check();
        Expect.Positive(Steps, "number of steps");
        Expect.Positive(SaveEvery, "saveEvery");
        Expect.Positive(LogEvery, "logEvery");
        Expect.AtLeast(2, Checkpoints, "number of checkpoints to keep");
        if (Epochs is { } epochs)
        {
            Expect.Positive(epochs, "number of epochs");
            if (Stages.Length > 1) throw new ArgumentException($"Epochs are counted in a run of one stage; this one "
                + $"has {Stages.Length}, where steps are expected.");
        }
        Expect.NotNegative(Clip, "clip");
        Expect.NotNegative(ZLoss, "weight of the z-loss");
        Expect.NotNegative(Salience, "weight of the salience");
        Expect.NotNegative(TermFrequency, "weight of the term frequency");
        Expect.NotNegative(SkipNotANumber, "skipNotANumber");
        Expect.PartBelowAll(Dropout, "dropout");
        Expect.PartBelowAll(LabelSmoothing, "labelSmoothing");
        if (Adapter is { } adapter)
        {
            if (From is null) throw new ArgumentException("An adapter is trained beside a checkpoint: name it with "
                + "--from.");
            Expect.Positive(adapter.Rank, "rank of the adapter");
            Expect.Positive(adapter.Alpha, "alpha of the adapter");
            Expect.Positive(adapter.Size, "size of the adapter");
            Expect.PartBelowAll(adapter.Dropout, "dropout of the adapter");
            if (adapter.Idle() is { } idle)
                throw new ArgumentException($"{idle.Name} of the adapter is about {idle.About}, and this one is "
                    + $"{adapter.Name}: leave it out.");
        }
        if (CopyCircuit && From is not null)
            throw new ArgumentException("copyCircuit (--copy-circuit) is about random weights (--model), and the run "
                + "starts from a checkpoint (--from): leave one of them out.");
        if (KeepVocabulary && (From is null || Adapter is not null))
            throw new ArgumentException("keepVocabulary (--keep-vocabulary) is about the model of a checkpoint that is "
                + "trained itself; " + (From is null ? "a start from random weights (--model) has no vocabulary to keep."
                : "beside an adapter (--adapter) all of it stays as it is."));
        Distillation?.Check(this);
        Optimizer.Check();
        Schedule.Check();
        Mixture.Check();
        CheckHead();
        foreach (var (name, source) in Sources) Check(source, $"source {name}");
        Evaluation.Check(this);
    }

    /// <summary>What a model is judged by on the held-out texts of a source.</summary>
    public Judge JudgeOf(string source) => Sources[source].Metric ?? Evaluation.Best;

    void Check(SourceOptions source, string of)
    {
        var objective = ObjectiveOf(source);
        if (!objective.IsFor(Head?.Kind))
            throw new ArgumentException($"The objective of {of} is not one for "
                + (Head is { } head ? $"the head {head.Name}" : "writing; it needs a head of labels (--head)") + ".");
        objective.Check(of);
        if (source.HoldOut is not { } share) return;
        if (source.HeldOut is not null) throw new ArgumentException($"The texts that {of} is measured on are named "
            + $"(heldOut), and some of its own are to be set aside too (holdOut); leave one of them out.");
        Expect.Positive(share, $"holdOut of {of}");
        Expect.PartBelowAll(share, $"holdOut of {of}");
    }

    void CheckHead()
    {
        if (Head is not { } head) return;
        if (head.Labels is { } labels && (head.Kind == HeadKind.Extractive || labels.Length == 0
            || labels.Distinct().Count() < labels.Length))
            throw new ArgumentException(head.Kind == HeadKind.Extractive
                ? "The head extractive has no labels; leave labels out." : "The labels of the head are to differ.");
        (string, bool)[] others = [("salience", Salience > 0), ("termFrequency", TermFrequency > 0),
            ("labelSmoothing", LabelSmoothing > 0), ("zLoss", ZLoss > 0 && ZLoss != new TrainingOptions().ZLoss),
            ("target", Stages.Any(stage => stage.Target != new StageOptions().Target)),
            ("distillation", Distillation is not null)];
        foreach (var (name, isGiven) in others)
            if (isGiven) throw new ArgumentException($"{name} is about the words that a model writes, and the head "
                + $"{head.Name} writes none; leave one of them out.");
    }

    /// <summary>The same, with paths that hold from every directory.</summary>
    public TrainingOptions WithFullPaths()
    {
        return this with
        {
            Output = Path.GetFullPath(Output),
            From = Full(From),
            Adapter = Adapter is null ? null : Adapter with { From = Full(Adapter.From) },
            Model = Full(Model),
            Tokenizer = Full(Tokenizer),
            Distillation = Distillation is null ? null : Distillation with
            {
                Teacher = Full(Distillation.Teacher)!,
                Answers = Distillation.Answers is { } answers ? Path.GetFullPath(answers) : null,
            },
            Sources = Sources.ToDictionary(source => source.Key, source => Of(source.Value)),
        };

        // A name of the hub is no path.
        static string? Full(string? path) => Path.Exists(path) ? Path.GetFullPath(path) : path;
        static SourceOptions Of(SourceOptions source)
            => source with
            {
                Paths = [.. source.Paths.Select(Path.GetFullPath)],
                HeldOut = source.HeldOut is { } held ? [.. held.Select(Path.GetFullPath)] : null,
            };
    }

    /// <summary>How options are written and read: strictly, and with names as everywhere in JSON.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        AllowOutOfOrderMetadataProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // a log survives a loss that is no number
    };

    /// <summary>The same on one line.</summary>
    internal static JsonSerializerOptions Line { get; } = new(Json) { WriteIndented = false };
}
