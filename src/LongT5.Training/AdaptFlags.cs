using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Hub;
using LongT5.Tasks;
using LongT5.Text;
using LongT5.Training.Objectives;
using LongT5.Training.Optimizers;

namespace LongT5.Training;

/// <summary>An adaptation from flags.</summary>
sealed class AdaptFlags
{
    const string Domain = "domain", General = "general", Task = "task";

    // The share of its texts that a source is measured on where none are named for it.
    const double HoldOut = 0.1;

    // Characters that are read for each token of room: enough to fill it.
    const double Passage = 6;

    static readonly TrainingOptions s_defaults = new()
    {
        Output = "adapted",
        Curriculum = Curriculum.Of(new StageOptions { Input = 1024, Target = 256, Batch = 8 }),
        Steps = 1000,
        Optimizer = new() { Kind = OptimizerKind.AdamW, Rate = 1e-4 },
        Schedule = new() { Decay = Decay.Linear, WarmUpRatio = 0.05 },
        Clip = 1,
        Evaluation = new() { Every = 100, Examples = 128, AtStart = true, Patience = 5 },
    };

    // Beside an adapter.
    const double RateOfAdapter = 1e-3;

    readonly Argument<string?> _model = new("model")
    {
        Description = "The checkpoint to begin from: a folder, or a name of the hub.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    readonly Argument<string[]> _texts = new("texts")
    {
        Description = "Texts of the domain: JSONL, JSON, CSV, TSV, Parquet, text, plain or packed, or folders of them.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    readonly Option<string[]> _heldOut = Texts("--held-out", "Texts of the domain to measure on. Default: a tenth of "
        + "its texts is set aside, of fewer than ten the end of each.");
    readonly Option<string[]> _general = Texts("--general", "Texts of the kind that the model knows, a share of which "
        + "keeps it from forgetting; a tenth of them is set aside to measure that.");
    readonly Option<double?> _generalShare = new("--general-share")
    { Description = "How much of what is learned from they are; 0 measures on them alone. Default: 0.2." };
    readonly Option<string[]> _generalHeldOut = Texts("--general-held-out", "Texts of that kind to measure on, in place "
        + "of some that are set aside.");
    readonly Option<string?> _objective = new("--objective")
    {
        Description = "What is made of the texts: principal-sentences or span-corruption. Default: principal-sentences, "
            + "which stay in the text where the model is one that quotes.",
    };
    readonly Option<string[]> _then = Texts("--then", "Pairs of documents and summaries to fine-tune on afterwards.");
    readonly Option<string[]> _thenHeldOut = Texts("--then-held-out", "Pairs to measure on. Default: a tenth of them is "
        + "set aside.");
    readonly Option<long?> _thenSteps = new("--then-steps")
    { Description = "Steps of fine-tuning. Default: those of --steps." };
    readonly Option<string?> _thenPrefix = new("--then-prefix")
    { Description = "What stands before every document of them. Default: that of the model, or \"summarize: \"." };
    readonly Option<bool> _resume = new("--resume")
    { Description = "Go on where the adaptation in the output folder stopped." };
    readonly Option<int> _show = new("--show")
    { Description = "Print so many examples that would be learned from, and stop." };
    readonly OptionFlags _run;

    public AdaptFlags(Command command)
    {
        command.Add(_model);
        command.Add(_texts);
        Option[] own = [_heldOut, _general, _generalShare, _generalHeldOut, _objective, _then, _thenHeldOut, _thenSteps,
            _thenPrefix, _resume, _show];
        foreach (var option in own) command.Add(option);
        // What is about other tasks, or stands here in another way.
        _run = new(command, pairs: false, s_defaults, "--data", "--held-out", "--hold-out", "--source-column", "--from", "--model",
            "--tokenizer", "--copy-circuit", "--epochs", "--generate", "--beams", "--best", "--competence", "--difficulty",
            "--teacher", "--temperature", "--distill-alpha", "--hidden-states", "--cross-attention",
            "--teacher-answers", "--kept-logits");
    }

    /// <summary>Whether it goes on where it stopped.</summary>
    public bool Resumes(ParseResult parsed) => parsed.GetValue(_resume);

    /// <summary>How many examples are only to be shown.</summary>
    public int Shown(ParseResult parsed) => parsed.GetValue(_show);

    /// <summary>The adaptation, complete.</summary>
    /// <exception cref="ArgumentException">An option is missing or contradicts another.</exception>
    public Adaptation Read(ParseResult parsed)
    {
        var begun = parsed.GetValue(_model) is null && Resumes(parsed) ? Begun(parsed) : null;
        var start = begun ?? (parsed.GetValue(_model) is { } model ? Compose(parsed, model)
            : throw new ArgumentException("What is to be adapted, and to what? Name a model and texts: longt5 adapt MODEL "
                + "TEXTS -o FOLDER."));
        var flagged = _run.Above(Json(start.Domain), parsed);
        if (begun is null && flagged.Adapter is not null && parsed.GetResult("--rate") is null)
            flagged = flagged with { Optimizer = flagged.Optimizer with { Rate = RateOfAdapter } };
        return (start with
        {
            Domain = flagged,
            Then = start.Then is null ? null : Above(start.Then, flagged,
                parsed.GetValue(_thenSteps) ?? begun?.Then?.Steps),
        }).In(flagged.Output);
    }

    // What a flag says holds for both runs, but for their texts and lengths of time.
    static TrainingOptions Above(TrainingOptions then, TrainingOptions domain, long? steps) => domain with
    {
        Sources = then.Sources,
        Objective = null,
        Curriculum = Curriculum.Of(domain.Stages[0] with { Rates = null }),
        Steps = steps ?? domain.Steps,
        Salience = 0,
        TermFrequency = 0,
    };

    Adaptation Begun(ParseResult parsed)
    {
        if (Given(parsed, _heldOut, _general, _generalShare, _generalHeldOut, _objective, _then, _thenHeldOut,
            _thenPrefix) is { } given)
            throw new ArgumentException($"{given} cannot change in an adaptation that goes on (--resume); name the model "
                + "and all texts as at its beginning, or leave them all out.");
        var output = _run.Above(Json(s_defaults), parsed).Output;
        return Adaptation.Begun(output) ?? throw new ArgumentException($"{output} holds no adaptation to go on with "
            + "(--resume).");
    }

    Adaptation Compose(ParseResult parsed, string model)
    {
        Demand(parsed, _general, _generalShare, _generalHeldOut);
        Demand(parsed, _then, _thenHeldOut, _thenSteps, _thenPrefix);
        if (parsed.GetValue(_texts) is not { Length: > 0 } texts)
            throw new ArgumentException($"To what is {model} to be adapted? Name texts behind it.");
        using var checkpoint = ModelLocation.Open(HubStart.Pinned(model, Console.Error.WriteLine, default));
        var task = SummaryTask.Of(checkpoint);
        var domain = s_defaults with
        {
            From = model,
            Objective = ObjectiveOf(parsed.GetValue(_objective), task, checkpoint),
            Sources = new() { [Domain] = Source(texts, parsed.GetValue(_heldOut)) },
        };
        if (parsed.GetValue(_general) is { Length: > 0 } general)
        {
            domain.Sources[General] = Source(general, parsed.GetValue(_generalHeldOut));
            var share = parsed.GetValue(_generalShare) ?? 0.2;
            Expect.PartBelowAll(share, "share of general texts (--general-share)");
            domain = domain with
            {
                Curriculum = Curriculum.Of(domain.Stages[0] with
                {
                    Rates = new() { [Domain] = 1 - share, [General] = share },
                }),
            };
        }
        else Console.Error.WriteLine("longt5: without general texts (--general) nothing keeps the model from forgetting, "
            + "and nothing is measured of it.");
        return new()
        {
            Domain = domain,
            Then = parsed.GetValue(_then) is not { Length: > 0 } pairs ? null : new()
            {
                Sources = new()
                {
                    [Task] = Source(pairs, parsed.GetValue(_thenHeldOut)) with
                    {
                        Objective = new Pairs { Prefix = parsed.GetValue(_thenPrefix) ?? task.Prefix ?? "summarize: " },
                    },
                },
            },
        };
    }

    static SourceOptions Source(string[] paths, string[]? heldOut) => heldOut is { Length: > 0 }
        ? new() { Paths = paths, HeldOut = heldOut } : new() { Paths = paths, HoldOut = HoldOut };

    // A model goes on with what it was made by, as far as it tells.
    static Objective ObjectiveOf(string? kind, SummaryTask task, Formats.Checkpoint checkpoint)
    {
        switch (kind)
        {
            case null or "principal-sentences" when task.Quotes:
                return Quoting(task);
            case null or "principal-sentences":
                return new PrincipalSentences { Passage = Passage };
            case "span-corruption":
                var tokenizer = Tokenizer.Load(checkpoint.VocabularyPath
                    ?? throw new ArgumentException($"{checkpoint.Folder} has no vocabulary."));
                var sentinels = Enumerable.Range(0, tokenizer.VocabularySize)
                    .TakeWhile(i => tokenizer.Id($"<extra_id_{i}>") is var id && id >= 0
                        && id == tokenizer.Id("<extra_id_0>") - i).Count();
                if (sentinels == 0) throw new ArgumentException("The vocabulary has no sentinels (<extra_id_0>), which "
                    + "--objective span-corruption needs; principal-sentences needs none.");
                return new SpanCorruption
                {
                    Passage = Passage,
                    FirstSentinel = tokenizer.Id("<extra_id_0>"),
                    Sentinels = sentinels,
                };
            default:
                throw new ArgumentException($"--objective {kind} is not known; principal-sentences and span-corruption "
                    + "are.");
        }
    }

    // Sentences stay in the text, and the prefix says how many are chosen: as the embedded model was made.
    static PrincipalSentences Quoting(SummaryTask task)
    {
        var lengths = new Dictionary<string, int>();
        foreach (var (length, most) in ((SummaryLength, int)[])[(SummaryLength.Medium, 6), (SummaryLength.Short, 2),
            (SummaryLength.Long, 14)])
            if (task.For(length).Prefix is { } prefix) lengths.TryAdd(prefix, most);
        return new()
        {
            Measure = SentenceMeasure.Frequency,
            Sequential = true,
            Noise = 0,
            Passage = Passage,
            Intact = 1,
            Words = [6, 50],
            Whole = true,
            Opening = 2,
            Lengths = lengths.Count > 0 ? lengths : null,
        };
    }

    static void Demand(ParseResult parsed, Option whole, params Option[] parts)
    {
        if (Given(parsed, whole) is null && Given(parsed, parts) is { } part)
            throw new ArgumentException($"{part} is about the texts of {whole.Name}, which is not given.");
    }

    static string? Given(ParseResult parsed, params Option[] options)
        => options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;

    static JsonObject Json(TrainingOptions options)
        => JsonSerializer.SerializeToNode(options, TrainingOptions.Json)!.AsObject();

    static Option<string[]> Texts(string name, string description)
        => new(name) { Description = description, AllowMultipleArgumentsPerToken = true };
}
