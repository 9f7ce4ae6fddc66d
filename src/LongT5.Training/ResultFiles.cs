using System.Text.Json;
using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Tasks.Labelling;
using LongT5.Torch;
using LongT5.Training.Objectives;

namespace LongT5.Training;

/// <summary>
/// What a model folder has beside its weights: the configuration, and the vocabulary with what belongs to it.
/// </summary>
/// <remarks>The configuration is the one that the run starts with, but for what training made of the model.</remarks>
sealed class ResultFiles
{
    readonly JsonElement _fields;
    readonly string _beside; // the folder of the configuration

    ResultFiles(JsonElement fields, string beside, string vocabulary)
        => (_fields, _beside, Vocabulary) = (fields, beside, vocabulary);

    /// <summary>The vocabulary.</summary>
    public string Vocabulary { get; }

    /// <summary>The files of a run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="from">What it starts from; null for a shape.</param>
    /// <exception cref="ArgumentException">There is no vocabulary.</exception>
    public static ResultFiles Of(TrainingOptions options, Checkpoint? from)
    {
        var config = JsonObject.Create(from?.ConfigFields.Clone() ?? JsonFile.Read(options.Model!).Element)!;
        var vocabulary = options.Tokenizer ?? from?.VocabularyPath
            ?? throw new ArgumentException("There is no vocabulary: name a spiece.model or tokenizer.json with "
                + "--tokenizer.");
        var prefixes = options.Sources.Values.Select(source => options.ObjectiveOf(source).FixedPrefix).Distinct()
            .ToArray();
        if (options.Head is { } head) SayHead(config, head, prefixes is [{ } before] ? before : "", options.Stages[^1]);
        else if (prefixes is [{ } prefix]) SayPrefix(config, prefix);
        else if (options.Sources.Values.All(source => options.ObjectiveOf(source) is Pairs)) ForgetPrefix(config);
        if (options.Sources.Values.Any(source => options.ObjectiveOf(source) is Pairs)) ForgetQuoting(config);
        return new(JsonSerializer.SerializeToElement(config), from?.Folder
            ?? Path.GetDirectoryName(Path.GetFullPath(options.Model!))!, vocabulary);
    }

    /// <summary>Whether a folder holds the result of a run that has ended.</summary>
    public static bool Stand(string folder) => File.Exists(Path.Combine(folder, Reports.ModelCard.Name));

    /// <summary>Writes a model into a folder: its weights, its configuration, its vocabulary.</summary>
    public void Write(string folder, TorchModel model)
    {
        ModelFolder.Write(folder, _fields, model.Config, [.. TorchWeights.Outgoing(model)]);
        ModelFolder.Copy(_beside, folder, [ModelFolder.Generation]);
        var isPipeline = Vocabulary.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        var isOfBytes = Path.GetFileName(Vocabulary) == "tokenizer_config.json";
        ModelFolder.Copy(Vocabulary,
            Path.Combine(folder, isOfBytes ? "tokenizer_config.json" : isPipeline ? "tokenizer.json" : "spiece.model"));
        // Beside a tokenizer.json, a spiece.model would be taken before it.
        string[] named = isPipeline ? ["spiece.model", "tokenizer.json"] : ["spiece.model"];
        ModelFolder.Copy(Path.GetDirectoryName(Path.GetFullPath(Vocabulary))!, folder,
            ModelFolder.Vocabulary.Except(named));
    }

    /// <summary>Writes the configuration of the model with an adapter, beside it.</summary>
    public void WriteConfig(string folder, TorchModel model)
        => ModelFolder.WriteConfig(folder, _fields, model.Config, model.HeadKind);

    // What a head was trained for, and with; what the model did before it does no more.
    static void SayHead(JsonObject config, HeadOptions head, string prefix, StageOptions stage)
    {
        foreach (var before in (string[])["id2label", "label2id", "num_labels", "problem_type", "task_specific_params",
            "prefix", "pretrained_only"]) config.Remove(before);
        if (head.Labels is { } labels) LabelNames.Say(config, labels);
        if (head.ProblemType is { } problem) config["problem_type"] = problem;
        config["classifier_dropout"] = 0.0;
        if (!head.Head.HasDecoder()) (config["is_encoder_decoder"], config["use_cache"]) = (false, false);
        config["task_specific_params"] = new JsonObject
        {
            [HeadTask.NameOf(head.Head)] = new JsonObject { ["prefix"] = prefix, ["max_input_tokens"] = stage.Input },
        };
    }

    // What a model was trained with is what it is to be used with: at every length, for all that was trained on.
    static void SayPrefix(JsonObject config, string prefix)
    {
        if (config["task_specific_params"] is not JsonObject tasks) config["task_specific_params"] = tasks = [];
        foreach (var (name, task) in tasks)
            if (name.StartsWith("summarization_", StringComparison.Ordinal)) (task as JsonObject)?.Remove("prefix");
        if (tasks["summarization"] is not JsonObject summarization) tasks["summarization"] = summarization = [];
        summarization["prefix"] = prefix;
        config.Remove("prefix");
        config["pretrained_only"] = false;
    }

    // Of what was trained with several prefixes, or with columns in it, none is the one to use; least of all one of
    // before.
    static void ForgetPrefix(JsonObject config)
    {
        config.Remove("prefix");
        if (config["task_specific_params"] is not JsonObject tasks) return;
        foreach (var (name, task) in tasks)
            if (name.StartsWith("summarization", StringComparison.Ordinal)) (task as JsonObject)?.Remove("prefix");
    }

    // That a model only quotes is true of the one that training began from: pairs teach words of their own.
    static void ForgetQuoting(JsonObject config)
    {
        if (config["task_specific_params"] is not JsonObject tasks) return;
        foreach (var (_, task) in tasks)
            foreach (var field in (string[])["quotes", "least_score"])
                (task as JsonObject)?.Remove(field);
    }
}
