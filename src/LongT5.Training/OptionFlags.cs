using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Formats;

namespace LongT5.Training;

/// <summary>The options of a run from a JSON file and from flags, which stand above it.</summary>
sealed class OptionFlags
{
    const string StagesPath = "curriculum.length.stages";

    readonly Argument<FileInfo?> _file = new("options")
    {
        Description = "A JSON file with the options of the run; "
        + "flags stand above it.",
        Arity = ArgumentArity.ZeroOrOne
    };
    readonly Option<string[]> _data = new("--data")
    {
        Description = "Texts to train on: JSONL, JSON, CSV, TSV, "
        + "Parquet, text, plain or packed, or a folder of them, of which its training split is read.",
        AllowMultipleArgumentsPerToken = true
    };
    readonly Option<string[]> _heldOut = new("--held-out")
    {
        Description = "Texts to measure on, of the same kind; of "
        + "a folder its validation split.",
        AllowMultipleArgumentsPerToken = true
    };
    readonly Option<double?> _holdOut = new("--hold-out")
    { Description = "Share of the texts that is set aside to measure on, in place of --held-out." };
    readonly Option<string?> _sourceColumn = new("--source-column")
    { Description = "The column to read. Default: found by its usual names." };
    readonly Option<string?> _targetColumn = new("--target-column")
    { Description = "The column to write. Default: found by its usual names." };
    readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "What stands before every document; a column "
        + "in braces is the row's own: \"question: {question} context: \". Default: \"summarize: \"; nothing beneath "
        + "a head of labels."
    };
    readonly Option<string?> _questionColumn = new("--question-column")
    { Description = "Of an extractive head: the column of the question. Default: question." };
    readonly Option<string?> _competence = new("--competence") { Hidden = true };

    // Names that people may have in their files, and what says the same.
    static readonly (string Name, string Now)[] s_others =
        [("stages", "curriculum.length.stages"), ("competence", "curriculum.difficulty")];

    // The table of flags: the way to the property of the options that each of them is.
    readonly (string Path, Option Flag)[] _table =
    [
        ("curriculum.length.stages.input", new Option<int?>("--input") { Description = "Most tokens of an input." }),
        ("curriculum.length.stages.target", new Option<int?>("--target") { Description = "Most tokens of a target." }),
        ("curriculum.length.stages.batch", new Option<int?>("--batch") { Description = "Examples computed at once." }),
        ("curriculum.length.stages.accumulate", new Option<int?>("--accumulate")
        {
            Description = "Batches to a step of the optimizer.",
        }),
        ("optimizer.kind", new Option<string?>("--optimizer")
        {
            Description = "adafactor, adafactor-hf, adamw or muon.",
        }),
        ("optimizer.rate", new Option<double?>("--rate") { Description = "The learning rate." }),
        ("optimizer.weightDecay", new Option<double?>("--weight-decay")
        {
            Description = "Share of the rate by which every weight shrinks in a step.",
        }),
        ("schedule.decay", new Option<string?>("--schedule")
        {
            Description = "How the rate goes on: constant, linear, cosine or inverse-sqrt.",
        }),
        ("schedule.warmUp", new Option<int?>("--warm-up") { Description = "Steps on which the rate rises." }),
        ("schedule.warmUpRatio", new Option<double?>("--warm-up-ratio")
        {
            Description = "The same as a share of all steps.",
        }),
        ("head.kind", new Option<string?>("--head")
        {
            Description = "Learn a head of labels in place of the vocabulary's: sequence-classification, multi-label, "
                + "regression, token-classification or extractive.",
        }),
        ("adapter.kind", new Option<string?>("--adapter")
        {
            Description = "Train an adapter beside the model, and keep that alone: lora, dora, ia3, houlsby or "
                + "pfeiffer.",
        }),
        ("adapter.rank", new Option<int?>("--rank") { Description = "The rank of LoRA and DoRA." }),
        ("adapter.alpha", new Option<double?>("--alpha")
        {
            Description = "The alpha of LoRA and DoRA: a product counts alpha / rank times.",
        }),
        ("adapter.dropout", new Option<double?>("--adapter-dropout")
        {
            Description = "Share of what enters the products of LoRA and DoRA that is dropped (PEFT's lora_dropout).",
        }),
        ("adapter.size", new Option<int?>("--adapter-size")
        {
            Description = "The width of the bottlenecks of houlsby and pfeiffer.",
        }),
        ("distillation.teacher", new Option<string?>("--teacher")
        {
            Description = "A checkpoint of the same vocabulary that teaches: a folder, or a name of the hub.",
        }),
        ("distillation.temperature", new Option<double?>("--temperature")
        {
            Description = "What the logits of teacher and student are divided by.",
        }),
        ("distillation.alpha", new Option<double?>("--distill-alpha")
        {
            Description = "The teacher's share of the loss of the words, from 0 to 1.",
        }),
        ("distillation.hiddenStates", new Option<double?>("--hidden-states")
        {
            Description = "Weight of 1 - cos(student, teacher) of the states behind each layer; 0 for none.",
        }),
        ("distillation.crossAttention", new Option<double?>("--cross-attention")
        {
            Description = "Weight of how the student's decoder looks elsewhere than the teacher's; 0 for none.",
        }),
        ("distillation.answers", new Option<string?>("--teacher-answers")
        {
            Description = "A file in which the engine keeps the teacher's answers, each computed once.",
        }),
        ("distillation.kept", new Option<int?>("--kept-logits")
        {
            Description = "Logits of each position that --teacher-answers keeps, the best ones.",
        }),
        ("evaluation.every", new Option<long?>("--evaluate-every")
        {
            Description = "Steps between measurements on the held-out texts.",
        }),
        ("evaluation.generate", new Option<int?>("--generate")
        {
            Description = "Held-out rows on which the model writes and is compared by ROUGE, exact match and F1.",
        }),
        ("evaluation.examples", new Option<int?>("--held-out-examples")
        {
            Description = "Most held-out rows that are measured, spread evenly over all; each once.",
        }),
        ("evaluation.beams", new Option<int?>("--beams")
        {
            Description = "Beams with which the model writes on held-out rows.",
        }),
        ("evaluation.best", new Option<string?>("--best")
        {
            Description = "What the best model is chosen by: loss, rouge or f1; with a head of labels also accuracy, "
                + "exact-match, pearson or spearman.",
        }),
        ("evaluation.patience", new Option<int?>("--patience")
        {
            Description = "Measurements without a better model after which the run stops; 0 for never.",
        }),
        ("curriculum.difficulty.steps", new Option<long?>("--difficulty")
        {
            Description = "Steps over which the run goes from the easiest (shortest) examples to all.",
        }),
        ("output", new Option<string?>("--output",
            "-o") { Description = "The folder to write: checkpoints, logs, the model." }),
        ("from", new Option<string?>("--from") { Description = "The checkpoint to start from: a folder, or a name in "
            + "the Hugging Face cache." }),
        ("model", new Option<string?>("--model") { Description = "A config.json, to start from random weights of its "
            + "shape." }),
        ("tokenizer", new Option<string?>("--tokenizer") { Description = "A spiece.model. Default: that of --from." }),
        ("copyCircuit", new Option<bool?>("--copy-circuit") { Description = "Begin random weights with the circuit "
            + "that copies." }),
        ("keepVocabulary", new Option<bool?>("--keep-vocabulary") { Description = "Leave the embeddings and the "
            + "vocabulary's head as they are." }),
        ("steps", new Option<long?>("--steps") { Description = "Steps of the optimizer." }),
        ("epochs", new Option<double?>("--epochs") { Description = "How often every text is seen, in place of "
            + "--steps." }),
        ("skipBad", new Option<bool?>("--skip-bad") { Description = "Leave out rows that cannot be read, and "
            + "count them." }),
        ("seed", new Option<long?>("--seed") { Description = "What every random choice comes from." }),
        ("dropout", new Option<double?>("--dropout") { Description = "Share of activations that are dropped." }),
        ("clip", new Option<double?>("--clip") { Description = "Norm to which gradients are cut; 0 for none." }),
        ("salience", new Option<double?>("--salience") { Description = "Weight of the encoder's error about the "
            + "salience of sentences." }),
        ("termFrequency", new Option<double?>("--term-frequency") { Description = "Weight of the encoder's error "
            + "about how often a token stands in the input." }),
        ("zLoss", new Option<double?>("--z-loss") { Description = "Weight of log(Z)^2 in the loss." }),
        ("labelSmoothing", new Option<double?>("--label-smoothing") { Description = "Share of each label spread over "
            + "the vocabulary." }),
        ("device", new Option<string?>("--device") { Description = "cpu, cuda or cuda:N. Default: a GPU where there "
            + "is one." }),
        ("bfloat16", new Option<bool?>("--bfloat16") { Description = "Multiply matrices in bfloat16." }),
        ("recompute", new Option<bool?>("--recompute") { Description = "Compute activations again instead of keeping "
            + "them; done with an adapter, unless it is false." }),
        ("saveEvery", new Option<long?>("--save-every") { Description = "Steps between checkpoints." }),
        ("checkpoints", new Option<int?>("--checkpoints") { Description = "Checkpoints that are kept, 2 or more." }),
        ("keep", new Option<string?>("--keep") { Description = "The model that is the result: best (on the held-out "
            + "texts, where there are some) or last." }),
        ("logEvery", new Option<long?>("--log-every") { Description = "Steps between lines of progress." }),
        ("skipNotANumber", new Option<int?>("--skip-not-a-number") { Description = "Batches without a finite loss to "
            + "pass over before stopping." }),
    ];

    // What makes a part of a run that it has not otherwise.
    static readonly (string Path, string What)[] s_makers =
        [("head.kind", "a head"), ("adapter.kind", "an adapter"), ("distillation.teacher", "a teacher")];

    readonly bool _pairs;

    /// <param name="command">Gets the flags.</param>
    /// <param name="pairs">Whether the run learns from pairs, rather than from free text.</param>
    /// <param name="defaults">What holds where no flag is given; null for a run of <c>train</c>.</param>
    /// <param name="without">Flags that the command has not; where there are some, it takes no file either.</param>
    public OptionFlags(Command command, bool pairs, TrainingOptions? defaults = null, params string[] without)
    {
        _pairs = pairs;
        if (without.Length == 0) command.Add(_file);
        // A part that a run has not by itself has its own defaults, once there is one.
        var whole = (defaults ?? new()) with { Adapter = new(), Distillation = new() { Teacher = "" } };
        var json = JsonSerializer.SerializeToNode(whole, TrainingOptions.Json);
        foreach (var (path, flag) in _table)
            if (!s_makers.Any(maker => maker.Path == path) && At(json, path) is JsonValue value
                && value.GetValueKind() != JsonValueKind.False)
                flag.Description += $" Default: {value}.";
        var head = Flag("head.kind");
        Option[] ofPairs = pairs ? [_targetColumn, _prefix, head, _questionColumn] : [];
        Option[] ofTexts = [_data, _heldOut, _holdOut, _sourceColumn, _competence, .. ofPairs];
        foreach (var option in ofTexts.Concat(_table.Select(one => one.Flag).Where(flag => flag != head)))
            if (!without.Contains(option.Name)) command.Add(option);
    }

    /// <summary>The options, complete.</summary>
    /// <param name="flags">What was typed.</param>
    /// <param name="resume">
    /// Whether the options of the run in the output folder are those that flags stand above, where no file is named.
    /// </param>
    /// <exception cref="BadFileException">
    /// The file is not JSON, or has a name or a value that no option has.
    /// </exception>
    /// <exception cref="ArgumentException">An option is missing or contradicts another.</exception>
    public TrainingOptions Read(ParseResult flags, bool resume)
    {
        var file = flags.GetValue(_file);
        var json = file is not null ? Parse(file.FullName) : resume ? Begun(flags) : [];
        foreach (var (name, now) in s_others)
            if (json.ContainsKey(name)) throw new ArgumentException($"{file?.Name ?? TrainCommand.RunFile}: {name} is said as "
                + $"{now}.");
        if (flags.GetResult(_competence) is not null)
            throw new ArgumentException("--competence is said as --difficulty.");
        return Above(json, flags, file?.Name);
    }

    /// <summary>Options with the flags above them.</summary>
    /// <param name="json">The options; changed.</param>
    /// <param name="flags">What was typed.</param>
    /// <param name="file">The name of the file that they come from; null for none.</param>
    /// <exception cref="ArgumentException">An option is missing or contradicts another.</exception>
    public TrainingOptions Above(JsonObject json, ParseResult flags, string? file = null)
    {
        if (At(json, StagesPath) is JsonArray { Count: > 1 } stages && TypedOf(StagesPath) is { } ofStage)
            throw new ArgumentException($"{ofStage} means the one stage of a run, and {file} has {stages.Count}: set "
                + $"it there.");
        foreach (var (path, flag) in _table)
            if (flags.GetResult(flag) is { Implicit: false } given)
                path.Split('.')[..^1].Aggregate(json, Child)[Name(path)] = JsonSerializer.SerializeToNode(Value(given));
        OneOf(flags, json, "steps", "epochs");
        if (OptionMistakes.Paths(flags.GetValue(_data)) is { Length: > 0 } data) json["sources"] = new JsonObject
        {
            ["data"] = Source(json, flags, data),
        };
        if (OptionMistakes.Paths(flags.GetValue(_heldOut)) is { Length: > 0 } heldOut)
            OnlySource(json, _heldOut)["heldOut"] = JsonSerializer.SerializeToNode(heldOut);
        if (flags.GetValue(_holdOut) is { } share) OnlySource(json, _holdOut)["holdOut"] = share;
        if ((json["sources"] as JsonObject)?.All(source => (source.Value?["heldOut"] ?? source.Value?["holdOut"]) is null)
            != false
            && TypedOf("evaluation") is { } alone)
            throw new ArgumentException($"{alone} is about held-out texts, and there are none: name some with "
                + $"--held-out, or set some aside with --hold-out.");
        if (flags.GetResult(_data) is null
            && Typed([_sourceColumn, _targetColumn, _questionColumn, _prefix]) is { } column)
            throw new ArgumentException($"{column} is about the texts of --data, which is not given; those of an "
                + $"options file have an objective, where it is said.");
        foreach (var (path, what) in s_makers)
            if (At(json, path) is null && TypedOf(path[..path.IndexOf('.', StringComparison.Ordinal)]) is { } ofPart)
                throw new ArgumentException($"{ofPart} is about {what}, and there is none: name one with "
                    + $"{Flag(path).Name}.");
        OneOf(flags, json, "schedule.warmUp", "schedule.warmUpRatio");
        string? Typed(IEnumerable<Option> of)
            => of.FirstOrDefault(option => flags.GetResult(option) is { Implicit: false })?.Name;
        string? TypedOf(string part) => Typed(_table.Where(one => one.Path.StartsWith($"{part}.",
            StringComparison.Ordinal)).Select(one => one.Flag));
        try
        {
            return json.Deserialize<TrainingOptions>(TrainingOptions.Json)!;
        }
        catch (JsonException bad)
        {
            throw new ArgumentException($"{file ?? "The flags"}: {OptionMistakes.Of(bad)}.", bad);
        }
    }

    // Two options that say the same thing in two ways: the one that is typed stands above the other of the file.
    void OneOf(ParseResult flags, JsonObject json, string one, string other)
    {
        if (At(json, one) is not { } first || At(json, other) is null || first.GetValueKind() == JsonValueKind.Number
            && first.GetValue<double>() == 0) return;
        var (typedOne, typedOther) = (IsTyped(one), IsTyped(other));
        if (typedOne == typedOther) throw new ArgumentException($"{Name(one)} and {Name(other)} say the same thing in "
            + $"two ways; give one of them.");
        first.Parent!.AsObject().Remove(Name(typedOne ? other : one));

        bool IsTyped(string path) => flags.GetResult(Flag(path)) is { Implicit: false };
    }

    Option Flag(string path) => _table.First(one => one.Path == path).Flag;

    static string Name(string path) => path[(path.LastIndexOf('.') + 1)..];

    // What stands there, or null; of stages the first one's.
    static JsonNode? At(JsonNode? json, string path) => path.Split('.').Aggregate(json, (at, name)
        => (at is JsonArray { Count: > 0 } list ? list[0] : at) is JsonObject parent ? parent[name] : null);

    // A part of the options, which begins where there is none; of stages the only one.
    static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonArray { Count: > 0 } list && list[0] is JsonObject first) return first;
        if (parent[name] is JsonObject child) return child;
        child = [];
        parent[name] = name == "stages" ? new JsonArray(child) : child;
        return child;
    }

    // What the run was begun with stands beside its result.
    JsonObject Begun(ParseResult flags)
    {
        var output = flags.GetResult(Flag("output")) is { Implicit: false } given ? (string)Value(given)!
            : new TrainingOptions().Output;
        var path = Path.Combine(output, TrainCommand.RunFile);
        if (!File.Exists(path))
            return Typed("from") || Typed("model") ? []
                : throw new ArgumentException($"{output} holds no run to go on from: name its folder with --output, or "
                    + "begin one without --resume.");
        var begun = Parse(path)["options"]!.DeepClone().AsObject();
        begun["output"] = output; // the folder may have been moved
        return begun;

        bool Typed(string name) => flags.GetResult(Flag(name)) is { Implicit: false };
    }

    // Held-out texts are of the kind of what is trained on.
    static JsonObject OnlySource(JsonObject run, Option flag)
        => run["sources"] is JsonObject { Count: 1 } sources ? (JsonObject)sources.First().Value!
            : throw new ArgumentException(run["sources"] is JsonObject { Count: > 1 } several
                ? $"{flag.Name} is of one source, and there are "
                    + $"{string.Join(", ", several.Select(source => source.Key))}: say in the options file whose texts they are (heldOut)."
                : $"{flag.Name} is measured as what is trained on, and there is nothing: name texts with --data.");

    // What is made of texts that flags name: what the file says for the whole run, or the command's own task.
    JsonObject Source(JsonObject run, ParseResult flags, string[] paths)
    {
        var objective = run["objective"]?.DeepClone() as JsonObject ?? (run["head"]?["kind"]?.ToString() switch
        {
            null when _pairs => new() { ["kind"] = "pairs", ["prefix"] = "summarize: " },
            null => new() { ["kind"] = "principal-sentences" },
            "token-classification" => new() { ["kind"] = "word-tags" },
            "extractive" => new() { ["kind"] = "answer-spans" },
            _ => new() { ["kind"] = "text-labels" },
        });
        if (flags.GetValue(_questionColumn) is { } question)
            objective["questionColumn"] = objective["kind"]?.ToString() == "answer-spans" ? question
                : throw new ArgumentException($"{_questionColumn.Name} is about an extractive head (--head extractive).");
        if (flags.GetValue(_sourceColumn) is { } source) objective["sourceColumn"] = source;
        if (_pairs && flags.GetValue(_prefix) is { } prefix) objective["prefix"] = prefix;
        if (_pairs && flags.GetValue(_targetColumn) is { } target) objective["targetColumn"] = target;
        return new JsonObject { ["paths"] = JsonSerializer.SerializeToNode(paths), ["objective"] = objective };
    }

    static object? Value(System.CommandLine.Parsing.OptionResult given) => given.Option switch
    {
        Option<bool?> option => given.GetValue(option) ?? true,
        Option<long?> option => given.GetValue(option),
        Option<int?> option => given.GetValue(option),
        Option<double?> option => given.GetValue(option),
        Option<string?> option => given.GetValue(option),
        _ => throw new ArgumentException($"The option {given.Option.Name} has no value."),
    };

    /// <summary>A file of options.</summary>
    /// <exception cref="BadFileException">It is not a JSON object.</exception>
    internal static JsonObject Parse(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path),
                documentOptions: new() { CommentHandling = JsonCommentHandling.Skip }) as JsonObject
                ?? throw new BadFileException(path, "a JSON object with the options of a run was expected");
        }
        catch (JsonException bad)
        {
            throw new BadFileException(path, $"this is not JSON: {bad.Message}", cause: bad);
        }
    }
}
