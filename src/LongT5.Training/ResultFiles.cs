using System.Text.Json.Nodes;
using LongT5.Formats;
using LongT5.Torch;

namespace LongT5.Training;

/// <summary>What a model folder has beside its weights: the configuration, and the vocabulary with what belongs to it.</summary>
/// <remarks>The configuration is the one that the run starts with, but for what training made of the model.</remarks>
sealed class ResultFiles
{
    static readonly string[] s_beside = ["generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];

    readonly JsonObject _config;
    readonly List<(string From, string Name)> _files;

    ResultFiles(JsonObject config, string vocabulary, List<(string, string)> files) => (_config, Vocabulary, _files) = (config, vocabulary, files);

    /// <summary>The vocabulary.</summary>
    public string Vocabulary { get; }

    /// <summary>The files of a run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="from">What it starts from; null for a shape.</param>
    public static ResultFiles Of(TrainingOptions options, Checkpoint? from)
    {
        var config = from is null ? JsonObject.Create(JsonFile.Read(options.Model!).Element)! : JsonObject.Create(from.ConfigFields.Clone())!;
        var folder = from?.Folder ?? Path.GetDirectoryName(Path.GetFullPath(options.Model!))!;
        var vocabulary = options.Tokenizer ?? from?.SentencePiecePath ?? from?.TokenizerJsonPath
            ?? throw new ArgumentException("There is no vocabulary: name a spiece.model or tokenizer.json with --tokenizer.");
        List<(string, string)> files = [(vocabulary, vocabulary.EndsWith(".json", StringComparison.Ordinal) ? "tokenizer.json" : "spiece.model")];
        foreach (var name in options.Tokenizer is null ? [.. s_beside, "tokenizer.json"] : s_beside)
            if (Path.Combine(folder, name) is var file && File.Exists(file) && files.TrueForAll(one => one.Item2 != name)) files.Add((file, name));

        var objectives = options.Sources.Values.Select(options.ObjectiveOf).ToList();
        if (objectives.TrueForAll(objective => objective.FixedPrefix is not null) && objectives.Select(objective => objective.FixedPrefix).Distinct().ToArray() is [var prefix])
            SayPrefix(config, prefix!);
        return new(config, vocabulary, files);
    }

    /// <summary>Writes them into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model whose weights stand beside them.</param>
    public void Write(string folder, TorchModel model)
    {
        var config = _config.DeepClone().AsObject();
        var family = model.Config.Attention.Family;
        config["architectures"] = new JsonArray($"{family}ForConditionalGeneration");
        config["model_type"] = family.ToLowerInvariant();
        config["tie_word_embeddings"] = model.Config.TieWordEmbeddings && !model.HasOwnHead;
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = "float32";
        FileReplacement.Write(Path.Combine(folder, "config.json"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(config.ToJsonString(TrainingOptions.Json))));
        foreach (var (from, name) in _files) File.Copy(from, Path.Combine(folder, name), overwrite: true);
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
}
