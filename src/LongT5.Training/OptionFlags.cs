using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Torch.Adapters;
using LongT5.Training.Distillation;
using LongT5.Training.Optimizers;

namespace LongT5.Training;

/// <summary>The options of a run from a JSON file and from flags, which stand above it.</summary>
sealed class OptionFlags
{
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
    readonly Option<int?> _input = new("--input") { Description = "Most tokens of an input." };
    readonly Option<int?> _target = new("--target") { Description = "Most tokens of a target." };
    readonly Option<int?> _batch = new("--batch") { Description = "Examples computed at once." };
    readonly Option<int?> _accumulate = new("--accumulate") { Description = "Batches to a step of the optimizer." };
    readonly Option<string?> _optimizer = new("--optimizer")
    { Description = "adafactor, adafactor-hf, adamw or muon." };
    readonly Option<double?> _rate = new("--rate") { Description = "The learning rate." };
    readonly Option<double?> _weightDecay = new("--weight-decay")
    { Description = "Share of the rate by which every weight shrinks in a step." };
    readonly Option<string?> _schedule = new("--schedule")
    { Description = "How the rate goes on: constant, linear, cosine or inverse-sqrt." };
    readonly Option<int?> _warmUp = new("--warm-up") { Description = "Steps on which the rate rises." };
    readonly Option<double?> _warmUpRatio = new("--warm-up-ratio")
    { Description = "The same as a share of all steps." };
    readonly Option<string?> _head = new("--head")
    {
        Description = "Learn a head of labels in place of the vocabulary's: sequence-classification, multi-label, "
        + "regression, token-classification or extractive."
    };
    readonly Option<string?> _questionColumn = new("--question-column")
    { Description = "Of an extractive head: the column of the question. Default: question." };
    readonly Option<string?> _adapter = new("--adapter")
    { Description = "Train an adapter beside the model, and keep that alone: lora, dora, ia3, houlsby or pfeiffer." };
    readonly Option<int?> _rank = new("--rank") { Description = "The rank of LoRA and DoRA." };
    readonly Option<double?> _alpha = new("--alpha")
    { Description = "The alpha of LoRA and DoRA: a product counts alpha / rank times." };
    readonly Option<int?> _size = new("--adapter-size")
    { Description = "The width of the bottlenecks of houlsby and pfeiffer." };
    readonly Option<string?> _teacher = new("--teacher")
    { Description = "A checkpoint of the same vocabulary that teaches: a folder, or a name of the hub." };
    readonly Option<double?> _temperature = new("--temperature")
    { Description = "What the logits of teacher and student are divided by." };
    readonly Option<double?> _distillAlpha = new("--distill-alpha")
    { Description = "The teacher's share of the loss of the words, from 0 to 1." };
    readonly Option<double?> _hiddenStates = new("--hidden-states")
    { Description = "Weight of 1 - cos(student, teacher) of the states behind each layer; 0 for none." };
    readonly Option<double?> _crossAttention = new("--cross-attention")
    { Description = "Weight of how the student's decoder looks elsewhere than the teacher's; 0 for none." };
    readonly Option<string?> _answers = new("--teacher-answers")
    { Description = "A file in which the engine keeps the teacher's answers, each computed once." };
    readonly Option<int?> _kept = new("--kept-logits")
    { Description = "Logits of each position that --teacher-answers keeps, the best ones." };
    readonly Option<long?> _evaluateEvery = new("--evaluate-every")
    { Description = "Steps between measurements on the held-out texts." };
    readonly Option<int?> _generate = new("--generate")
    { Description = "Held-out rows on which the model writes and is compared by ROUGE, exact match and F1." };
    readonly Option<int?> _heldOutExamples = new("--held-out-examples")
    { Description = "Most held-out rows that are measured, spread evenly over all; each once." };
    readonly Option<int?> _beams = new("--beams")
    { Description = "Beams with which the model writes on held-out rows." };
    readonly Option<string?> _best = new("--best")
    {
        Description = "What the best model is chosen by: loss, rouge "
        + "or f1; with a head of labels also accuracy, exact-match, pearson or spearman."
    };
    readonly Option<int?> _patience = new("--patience")
    { Description = "Measurements without a better model after which the run stops; 0 for never." };
    readonly Option<long?> _difficulty = new("--difficulty")
    { Description = "Steps over which the run goes from the easiest (shortest) examples to all." };
    readonly Option<string?> _competence = new("--competence") { Hidden = true };

    // Names that people may have in their files, and what says the same.
    static readonly (string Name, string Now)[] s_others =
        [("stages", "curriculum.length.stages"), ("competence", "curriculum.difficulty")];

    // Flags that are a property of the options under the same name.
    readonly (string Property, Option Option)[] _plain =
    [
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

    // Flags that are a property of a part of the options, and what that is without them.
    readonly (Option Flag, string Part, object Default, string Property)[] _inParts;

    // Flags that are a property of a run's one stage.
    readonly (string Property, Option<int?> Option)[] _ofStage;

    readonly bool _pairs;

    /// <param name="command">Gets the flags.</param>
    /// <param name="pairs">Whether the run learns from pairs, rather than from free text.</param>
    /// <param name="defaults">What holds where no flag is given; null for a run of <c>train</c>.</param>
    /// <param name="without">Flags that the command has not; where there are some, it takes no file either.</param>
    public OptionFlags(Command command, bool pairs, TrainingOptions? defaults = null, params string[] without)
    {
        _pairs = pairs;
        defaults ??= new();
        if (without.Length == 0) command.Add(_file);
        Option[] ofPairs = pairs ? [_targetColumn, _prefix, _head, _questionColumn] : [];
        var (optimizer, schedule, evaluation) = (defaults.Optimizer, defaults.Schedule, defaults.Evaluation);
        var (adapter, distillation) = (new AdapterOptions(), new DistillationOptions { Teacher = "" });
        _inParts =
        [
            (_optimizer, "optimizer", optimizer, "kind"), (_rate, "optimizer", optimizer, "rate"),
                (_weightDecay, "optimizer", optimizer, "weightDecay"), (_schedule, "schedule", schedule, "decay"),
            (_warmUp, "schedule", schedule, "warmUp"), (_warmUpRatio, "schedule", schedule, "warmUpRatio"),
            (_head, "head", new HeadOptions(), "kind"),
            (_adapter, "adapter", adapter, "kind"), (_rank, "adapter", adapter, "rank"),
                (_alpha, "adapter", adapter, "alpha"), (_size, "adapter", adapter, "size"),
            (_teacher, "distillation", distillation, "teacher"),
                (_temperature, "distillation", distillation, "temperature"),
                (_distillAlpha, "distillation", distillation, "alpha"),
                (_hiddenStates, "distillation", distillation, "hiddenStates"),
                (_crossAttention, "distillation", distillation, "crossAttention"),
                (_answers, "distillation", distillation, "answers"), (_kept, "distillation", distillation, "kept"),
            (_evaluateEvery, "evaluation", evaluation, "every"), (_generate, "evaluation", evaluation, "generate"),
            (_heldOutExamples, "evaluation", evaluation, "examples"), (_beams, "evaluation", evaluation, "beams"),
            (_best, "evaluation", evaluation, "best"), (_patience, "evaluation", evaluation, "patience"),
            (_difficulty, "curriculum.difficulty", new(), "steps"),
        ];
        _ofStage = [("input", _input), ("target", _target), ("batch", _batch), ("accumulate", _accumulate)];
        foreach (var (property, option) in _ofStage) SayDefault(option, defaults.Stages[0], property);
        foreach (var (option, _, byDefault, property) in _inParts)
            if (option != _adapter && option != _head && option != _teacher) SayDefault(option, byDefault, property);
        foreach (var (property, option) in _plain) SayDefault(option, defaults, property);
        Option[] own = [_data, _heldOut, _holdOut, _sourceColumn, _competence, .. ofPairs, .. _ofStage.Select(flag => flag.Option),
            .. _inParts.Select(flag => flag.Flag).Where(flag => flag != _head)];
        foreach (var option in own.Concat(_plain.Select(flag => flag.Option)).Where(one => !without.Contains(one.Name)))
            command.Add(option);
    }

    static void SayDefault(Option option, object options, string property)
    {
        if (JsonSerializer.SerializeToNode(options, TrainingOptions.Json)![property] is JsonValue value
            && value.GetValueKind() != JsonValueKind.False)
            option.Description += $" Default: {value}.";
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
            if (json.ContainsKey(name)) throw new ArgumentException($"{file?.Name ?? "run.json"}: {name} is said as "
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
        foreach (var (property, option) in _plain)
            if (flags.GetResult(option) is { Implicit: false } given)
                json[property] = JsonSerializer.SerializeToNode(Value(given));
        if (flags.GetValue(_head) is { } head) Object(json, "head")["kind"] = head; // says what texts are for
        OneOf(flags, json, "steps", "epochs");
        if (flags.GetValue(_data) is { Length: > 0 } data) json["sources"] = new JsonObject
        {
            ["data"] = Source(json,
            flags, data)
        };
        if (flags.GetValue(_heldOut) is { Length: > 0 } heldOut) OnlySource(json, _heldOut)["heldOut"] =
            JsonSerializer.SerializeToNode(heldOut);
        if (flags.GetValue(_holdOut) is { } share) OnlySource(json, _holdOut)["holdOut"] = share;
        if ((json["sources"] as JsonObject)?.All(source => (source.Value?["heldOut"] ?? source.Value?["holdOut"]) is null)
            != false
            && Given(_evaluateEvery, _generate, _heldOutExamples, _beams, _best, _patience) is { } alone)
            throw new ArgumentException($"{alone} is about held-out texts, and there are none: name some with "
                + $"--held-out, or set some aside with --hold-out.");
        if (flags.GetResult(_data) is null
            && Given(_sourceColumn, _targetColumn, _questionColumn, _prefix) is { } column)
            throw new ArgumentException($"{column} is about the texts of --data, which is not given; those of an "
                + $"options file have an objective, where it is said.");
        foreach (var (flag, part, _, property) in _inParts)
            if (flags.GetResult(flag) is { Implicit: false } given)
                part.Split('.').Aggregate(json, Object)[property] = JsonSerializer.SerializeToNode(Value(given));
        if (json["adapter"]?["kind"] is null && Given(_rank, _alpha, _size) is { } ofAdapter)
            throw new ArgumentException($"{ofAdapter} is about an adapter, and there is none: name one with "
                + $"--adapter.");
        if (json["distillation"]?["teacher"] is null
            && Given(_temperature, _distillAlpha, _hiddenStates, _crossAttention, _answers, _kept) is { } ofTeacher)
            throw new ArgumentException($"{ofTeacher} is about a teacher, and there is none: name one with --teacher.");
        if (json["schedule"] is JsonObject schedule) OneOf(flags, schedule, "warmUp", "warmUpRatio");
        foreach (var (name, option) in _ofStage)
        {
            if (flags.GetValue(option) is not { } number) continue;
            var length = Object(Object(json, "curriculum"), "length");
            var stages = length["stages"] as JsonArray ?? [new JsonObject()];
            if (stages.Count > 1) throw new ArgumentException($"--{name} means the one stage of a run, and {file} has "
                + $"{stages.Count}: set it there.");
            stages[0]![name] = number;
            if (stages.Parent is null) length["stages"] = stages;
        }
        string? Given(params Option[] options)
            => options.FirstOrDefault(option => flags.GetResult(option) is { Implicit: false })?.Name;
        try
        {
            return json.Deserialize<TrainingOptions>(TrainingOptions.Json)!;
        }
        catch (JsonException bad)
        {
            throw new ArgumentException($"{file ?? "The flags"}: {bad.Message}", bad);
        }
    }

    // Two options that say the same thing in two ways: the one that is typed stands above the other of the file.
    void OneOf(ParseResult flags, JsonObject json, string one, string other)
    {
        if (json[one] is not { } first || json[other] is null || first.GetValueKind() == JsonValueKind.Number
            && first.GetValue<double>() == 0) return;
        var (typedOne, typedOther) = (IsTyped(one), IsTyped(other));
        if (typedOne == typedOther) throw new ArgumentException($"{one} and {other} say the same thing in two ways; "
            + $"give one of them.");
        json.Remove(typedOne ? other : one);

        bool IsTyped(string property)
            => _plain.Select(flag => (flag.Property, flag.Option))
            .Concat(_inParts.Select(flag => (flag.Property, Option: flag.Flag)))
            .Any(flag => flag.Property == property && flags.GetResult(flag.Option) is { Implicit: false });
    }

    // What the run was begun with stands beside its result.
    JsonObject Begun(ParseResult flags)
    {
        var output = flags.GetResult(_plain[0].Option) is { Implicit: false } given ? (string)Value(given)!
            : new TrainingOptions().Output;
        var path = Path.Combine(output, "run.json");
        if (!File.Exists(path)) return [];
        var begun = Parse(path)["options"]!.DeepClone().AsObject();
        begun["output"] = output; // the folder may have been moved
        return begun;
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
        if (flags.GetValue(_questionColumn) is { } question) objective["questionColumn"] = question;
        if (flags.GetValue(_sourceColumn) is { } source) objective["sourceColumn"] = source;
        if (_pairs && flags.GetValue(_prefix) is { } prefix) objective["prefix"] = prefix;
        if (_pairs && flags.GetValue(_targetColumn) is { } target) objective["targetColumn"] = target;
        return new JsonObject { ["paths"] = JsonSerializer.SerializeToNode(paths), ["objective"] = objective };
    }

    static JsonObject Object(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child) parent[name] = child = [];
        return child;
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

    static JsonObject Parse(string path)
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
