using System.Globalization;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Hub;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>The folder of an adapter, as PEFT writes and reads it.</summary>
public static class AdapterFolder
{
    const string Config = "adapter_config.json", Weights = "adapter_model.safetensors", Before = "base_model.model.",
        Dropout = "lora_dropout";

    /// <summary>Writes an adapter into a folder that exists.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapter">What it is.</param>
    /// <param name="kept">Its parameters, by their names in the model.</param>
    /// <param name="baseModel">The model beside which it stands, as its reader may find it.</param>
    /// <param name="head">The head of the model with it.</param>
    public static void Write(string folder, AdapterOptions adapter, IReadOnlyList<(string Name, Parameter Weight)> kept,
        string? baseModel, ModelHead head)
    {
        SafetensorsWriter.Write(Path.Combine(folder, Weights),
            kept.Select(one => TorchWeights.Outgoing(NameOf(one.Name, head), one.Weight)),
            new Dictionary<string, string> { ["format"] = "pt" });
        FileReplacement.Write(Path.Combine(folder, Config), stream =>
        {
            using var json = new Utf8JsonWriter(stream, new() { Indented = true });
            json.WriteStartObject();
            var hub = baseModel is null || Path.Exists(baseModel) ? null : HubName.Parse(baseModel);
            json.WriteString("base_model_name_or_path", hub?.Repository ?? baseModel);
            if (hub is { Revision: not HubName.Main }) json.WriteString("revision", hub.Revision);
            WriteShape(json, adapter, head);
            json.WriteEndObject();
        });
    }

    /// <summary>Holds a folder to the shape that an adapter is to have.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="adapter">What is expected there.</param>
    /// <param name="head">The head of the model with it.</param>
    /// <exception cref="ArgumentException">It is of another shape.</exception>
    public static void Check(string folder, AdapterOptions adapter, ModelHead head)
    {
        using var expected = new MemoryStream();
        using (var json = new Utf8JsonWriter(expected))
        {
            json.WriteStartObject();
            WriteShape(json, adapter, head);
            json.WriteEndObject();
        }
        var found = JsonFile.Read(Path.Combine(folder, Config)).Element;
        using var shape = JsonDocument.Parse(expected.ToArray());
        foreach (var field in shape.RootElement.EnumerateObject())
            if (field.Name != Dropout && found.TryGetProperty(field.Name, out var other)
                && Said(field.Value) != Said(other))
                throw new ArgumentException($"{folder} holds an adapter with another {field.Name}: {Said(other)}, where "
                    + $"{Said(field.Value)} was expected. Training goes on from one of the same shape.");

        // Names stand in any order, and 16 is 16.0.
        static string Said(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Said).Order(StringComparer.Ordinal)),
            JsonValueKind.Object => string.Join(", ", value.EnumerateObject()
                .Select(one => $"{one.Name}: {Said(one.Value)}").Order(StringComparer.Ordinal)),
            JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
            _ => value.ToString(),
        };
    }

    /// <summary>Reads the parameters of an adapter, which must be all there.</summary>
    /// <exception cref="BadFileException">One is missing.</exception>
    public static void Read(string folder, IReadOnlyList<(string Name, Parameter Weight)> kept, ModelHead head)
    {
        var path = Path.Combine(folder, Weights);
        using var file = Safetensors.Open(path);
        foreach (var (name, weight) in kept)
            TorchWeights.Read(file.Tensors.GetValueOrDefault(NameOf(name, head))
                ?? throw new BadFileException(path, $"it lacks {NameOf(name, head)}"), weight);
    }

    static string NameOf(string weight, ModelHead head) => Before + WeightShapes.PrefixOf(head, weight) + weight;

    static void WriteShape(Utf8JsonWriter json, AdapterOptions adapter, ModelHead head)
    {
        json.WriteString("peft_type", adapter.IsBottleneck ? "BOTTLENECK" : adapter.Kind == AdapterMethod.Ia3
            ? "IA3" : "LORA");
        json.WriteString("task_type", head switch
        {
            ModelHead.Sequence => "SEQ_CLS",
            ModelHead.Tokens => "TOKEN_CLS",
            ModelHead.Spans => "QUESTION_ANS",
            _ => "SEQ_2_SEQ_LM",
        });
        json.WriteBoolean("inference_mode", true);
        if (adapter.IsBottleneck) WriteBottleneck(json, adapter);
        else WriteTargets(json, adapter);
    }

    static void WriteBottleneck(Utf8JsonWriter json, AdapterOptions adapter)
    {
        json.WriteString("placement", adapter.Kind == AdapterMethod.Houlsby ? "houlsby" : "pfeiffer");
        json.WriteNumber("bottleneck_size", adapter.Size);
        json.WriteString("non_linearity", adapter.NonLinearity.ToString().ToLowerInvariant());
        json.WriteBoolean("train_norms", adapter.TrainNorms);
    }

    static void WriteTargets(Utf8JsonWriter json, AdapterOptions adapter)
    {
        WriteNames("target_modules", adapter.TargetModules);
        WriteNames("modules_to_save", adapter.ModulesToSave);
        json.WriteBoolean("fan_in_fan_out", false);
        if (adapter.Kind == AdapterMethod.Ia3)
        {
            WriteNames("feedforward_modules", [.. adapter.FeedForward.Intersect(adapter.TargetModules)]);
            json.WriteBoolean("init_ia3_weights", true);
            return;
        }
        json.WriteNumber("r", adapter.Rank);
        json.WriteNumber("lora_alpha", adapter.Alpha);
        json.WriteNumber(Dropout, adapter.Dropout);
        json.WriteString("bias", "none");
        json.WriteBoolean("use_rslora", adapter.RankStabilized);
        json.WriteBoolean("use_dora", adapter.Kind == AdapterMethod.Dora);
        json.WriteBoolean("init_lora_weights", true);
        WritePattern("rank_pattern", adapter.RankPattern?.ToDictionary(one => one.Key, one => (double)one.Value));
        WritePattern("alpha_pattern", adapter.AlphaPattern);

        void WriteNames(string name, IReadOnlyList<string>? names)
        {
            json.WritePropertyName(name);
            if (names is null)
            {
                json.WriteNullValue();
                return;
            }
            json.WriteStartArray();
            foreach (var one in names) json.WriteStringValue(one);
            json.WriteEndArray();
        }

        void WritePattern(string name, Dictionary<string, double>? pattern)
        {
            json.WriteStartObject(name);
            foreach (var (end, value) in pattern ?? []) json.WriteNumber(end, value);
            json.WriteEndObject();
        }
    }
}
