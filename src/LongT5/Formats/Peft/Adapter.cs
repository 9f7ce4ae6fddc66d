using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LongT5.Formats;

/// <summary>
/// An adapter as PEFT writes it: a folder of <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> (or .bin).
/// </summary>
/// <remarks>
/// The tensors are named after the modules that they stand beside, so they alone tell which those are. A tensor under
/// the name of one of the model's own (<c>modules_to_save</c>, trained norms) takes that one's place.
/// </remarks>
public sealed class Adapter : IDisposable
{
    /// <summary>The file that makes a folder an adapter's.</summary>
    internal const string ConfigName = "adapter_config.json";

    private const string Prefix = "base_model.model.";

    /// <summary>The ends of names that PEFT and the bottlenecks use; what comes before is the module.</summary>
    private static readonly string[] Parts =
    [
        "lora_A.weight", "lora_B.weight", "lora_B.bias", "lora_magnitude_vector", "lora_magnitude_vector.weight",
        "lora_embedding_A", "lora_embedding_B", "ia3_l",
        "adapter_down.weight", "adapter_down.bias", "adapter_up.weight", "adapter_up.bias",
    ];

    private readonly TensorFile _file;

    private Adapter(string path, AdapterConfig config, TensorFile file)
    {
        (Path, Config, _file) = (path, config, file);
        Tensors = new ReadOnlyDictionary<string, StoredTensor>(ByModelName(file));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What its configuration says.</summary>
    public AdapterConfig Config { get; }

    /// <summary>The tensors; names begin with the model's own, without what PEFT puts around them.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="BadFileException">A file is damaged, or an adapter of a
    /// kind that is not computed here.</exception>
    public static Adapter Open(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var configPath = System.IO.Path.Combine(folder, ConfigName);
        if (!File.Exists(configPath))
            throw new FileNotFoundException($"{folder} has no {ConfigName}, which the folder of an adapter has.",
                configPath);
        var config = AdapterConfig.Read(JsonFile.Read(configPath));
        var file = OpenTensors(folder);
        try
        {
            return new(folder, config, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What to say where a folder of an adapter stands in the place of a model; null where it is none.
    /// </summary>
    internal static string? MistakenForModel(string folder)
    {
        if (!IsFolderOf(folder))
            return null;
        return $"{folder} is an adapter, which needs the model that it was trained on: "
            + $"{BaseOf(folder) ?? "its file does not say which"}. Name that as the model, and this folder as the adapter.";
    }

    /// <summary>
    /// The model that the adapter of a folder was trained on, as its file names it; null where it is of none.
    /// </summary>
    internal static string? BaseOf(string folder)
        => IsFolderOf(folder) ? AdapterConfig.BaseOf(JsonFile.Read(System.IO.Path.Combine(folder, ConfigName))) : null;

    // One that brings a head has a config.json too, but no model's weights.
    private static bool IsFolderOf(string folder)
        => File.Exists(System.IO.Path.Combine(folder, ConfigName))
            && (!File.Exists(System.IO.Path.Combine(folder, "config.json"))
                || !Directory.EnumerateFiles(folder).Any(file => System.IO.Path.GetFileName(file) is var name
                    && (name.StartsWith("model", StringComparison.Ordinal)
                        || name.StartsWith("pytorch_model", StringComparison.Ordinal)
                        || name.StartsWith("flax_model", StringComparison.Ordinal)))
                && Directory.EnumerateFiles(folder, "adapter_model.*").Any());

    /// <summary>
    /// The <c>config.json</c> beside it: what the model with it is used for, and the labels of its head; null where
    /// there is none, as beside PEFT's own.
    /// </summary>
    internal JsonField? ModelFields
        => System.IO.Path.Combine(Path, "config.json") is var path && File.Exists(path) ? JsonFile.Read(path) : null;

    /// <summary>The head of a model with this adapter beside it, and the shape of that model.</summary>
    /// <param name="config">The shape of the base.</param>
    /// <param name="head">What stands on the last states of the base.</param>
    /// <exception cref="BadFileException">The file beside it names not as many labels as its head has.</exception>
    internal (LongT5Config Config, ModelHead Head) Over(LongT5Config config, ModelHead head)
    {
        var own = Tensors.ContainsKey("classifier.weight") ? ModelHead.Tokens
            : WeightShapes.HeadOf(hasDecoder: true, Tensors.ContainsKey);
        if (own is not (ModelHead.Tokens or ModelHead.Sequence or ModelHead.Spans)) return (config, head);
        var outputs = Tensors[own switch
        {
            ModelHead.Tokens => "classifier.weight",
            ModelHead.Sequence => "classification_head.out_proj.weight",
            _ => "qa_outputs.weight",
        }].Shape[0];
        var named = ModelFields is { } fields ? ConfigJson.Read(fields) : null;
        string[] unnamed = [.. Enumerable.Range(0, (int)outputs).Select(i => $"LABEL_{i}")];
        return named is null || named.Labels.Count == outputs
            ? (config with { Labels = named?.Labels ?? unnamed, ProblemType = named?.ProblemType }, own)
            : throw new BadFileException(Path,
                $"its config.json names {named.Labels.Count} labels, and its head has {outputs}.");
    }

    /// <summary>
    /// The configuration of a model with this adapter: what stands beside it, or the base's own with the labels of the
    /// head that it brings.
    /// </summary>
    /// <param name="fields">The base's.</param>
    /// <param name="config">The shape of the model with the adapter.</param>
    /// <param name="bringsHead">Whether the adapter has a head of its own.</param>
    internal JsonElement FieldsOver(JsonElement fields, LongT5Config config, bool bringsHead)
    {
        if (ModelFields is { } own) return own.Element;
        if (!bringsHead) return fields;
        var changed = JsonObject.Create(fields.Clone())!;
        LabelNames.Say(changed, config.Labels);
        using var parsed = JsonDocument.Parse(changed.ToJsonString());
        return parsed.RootElement.Clone();
    }

    /// <summary>Sorts the tensors by the matrices of a model.</summary>
    /// <param name="config">The shape of the model with the adapter (<see cref="Over"/>).</param>
    /// <param name="head">Its head.</param>
    /// <exception cref="BadFileException">They do not fit.</exception>
    internal AdapterWeights Fit(LongT5Config config, ModelHead head) => new(this, config, head);

    /// <summary>
    /// A module and the part of a name that follows it; null where the name is one of the model's own.
    /// </summary>
    internal static (string Module, string Part)? Split(string name)
    {
        foreach (var part in Parts)
        {
            if (name.Length > part.Length + 1 && name.EndsWith(part, StringComparison.Ordinal)
                && name[^(part.Length + 1)] == '.')
                return (name[..^(part.Length + 1)], part == "lora_magnitude_vector.weight"
                    ? "lora_magnitude_vector" : part);
        }
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static TensorFile OpenTensors(string folder)
    {
        var path = System.IO.Path.Combine(folder, "adapter_model.safetensors");
        if (!File.Exists(path) && System.IO.Path.Combine(folder, "adapter_model.bin") is var pickled
            && File.Exists(pickled))
            return TorchFile.Open(pickled);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{folder} has neither adapter_model.safetensors nor adapter_model.bin.",
                path);
        var file = Safetensors.Open(path);
        return new(path, [.. file.Tensors.Values], file.Memory);
    }

    private static OrderedDictionary<string, StoredTensor> ByModelName(TensorFile file)
    {
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var tensor in file.Tensors)
        {
            if (!tensor.Name.StartsWith(Prefix, StringComparison.Ordinal))
                throw new BadFileException(file.Path,
                    $"it holds {tensor.Name}; the names of an adapter begin with {Prefix}");
            var name = tensor.Name[Prefix.Length..].Replace(".modules_to_save", "", StringComparison.Ordinal)
                .Replace(".default", "", StringComparison.Ordinal);
            name = name.StartsWith("transformer.", StringComparison.Ordinal) ? name["transformer.".Length..] : name;
            if (tensor.Type is not (ElementType.F32 or ElementType.BF16 or ElementType.F16 or ElementType.F64))
                throw new BadFileException(file.Path, $"{tensor.Name} is {tensor.Type}; floating point was expected.");
            if (!tensors.TryAdd(name, tensor.Named(name)))
                throw new BadFileException(file.Path, $"{tensor.Name} stands there twice.");
        }
        return tensors;
    }
}
