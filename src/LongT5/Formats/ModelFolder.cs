using System.Text.Json;

namespace LongT5.Formats;

/// <summary>
/// Writes the folder of a model, whoever made it: transformers and this library load it and compute the same.
/// </summary>
static class ModelFolder
{
    /// <summary>What is said of generation.</summary>
    public const string Generation = "generation_config.json";

    /// <summary>How a text becomes ids.</summary>
    public static readonly string[] Vocabulary =
        ["spiece.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];

    /// <summary>
    /// Writes the weights as safetensors and a <c>config.json</c> that says what they are: the kind of model, whether
    /// the head is tied, the type of the numbers.
    /// </summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="fields">The configuration that they were made under; what
    /// the tensors do not decide is kept.</param>
    /// <param name="config">What it says.</param>
    /// <param name="tensors">By their published names; a head that is lost is written as the
    /// embedding, which serves in its place.</param>
    /// <param name="maxShardSize">Bytes of tensors in one file, unless a single tensor has more.</param>
    public static void Write(
        string folder, JsonElement fields, LongT5Config config, IReadOnlyList<OutgoingTensor> tensors,
        long maxShardSize = long.MaxValue)
    {
        if (LacksHead(config, tensors.Select(tensor => tensor.Name)))
            tensors = [.. tensors,
                tensors.First(tensor => tensor.Name == WeightShapes.Embedding) with { Name = WeightShapes.Head }];
        var head = HeadOf(tensors.Select(tensor => tensor.Name));
        WriteShards(folder,
            [.. tensors.Select(
                tensor => tensor with { Name = WeightShapes.PrefixOf(head, tensor.Name) + tensor.Name })],
                maxShardSize);
        FileReplacement.Write(Path.Combine(folder, "config.json"),
            stream => WriteConfig(fields, config, head, tensors, stream));
    }

    /// <summary>Writes the configuration alone.</summary>
    /// <param name="folder">A folder that exists.</param>
    /// <param name="fields">What it says but for the kind of model.</param>
    /// <param name="config">The same.</param>
    /// <param name="head">What stands on the last states.</param>
    public static void WriteConfig(string folder, JsonElement fields, LongT5Config config, ModelHead head)
        => FileReplacement.Write(Path.Combine(folder, "config.json"),
            stream => WriteConfig(fields, config, head, [], stream));

    /// <summary>
    /// Whether transformers, given such tensors, would invent a head instead of taking the embedding as it is.
    /// </summary>
    public static bool LacksHead(LongT5Config config, IEnumerable<string> names)
        => !config.ScalesOutput(hasOwnHead: false) && HeadOf(names) == ModelHead.Embedding;

    /// <summary>Copies those of some files that are there.</summary>
    public static void Copy(string from, string to, IEnumerable<string> names)
    {
        foreach (var name in names.Where(name => File.Exists(Path.Combine(from, name))))
            Copy(Path.Combine(from, name), Path.Combine(to, name));
    }

    /// <summary>Copies one file.</summary>
    public static void Copy(string from, string to) => FileReplacement.Write(to, stream =>
    {
        using var source = File.OpenRead(from);
        source.CopyTo(stream);
    });

    private static ModelHead HeadOf(IEnumerable<string> names)
        => WeightShapes.HeadOf(names.Contains("decoder.final_layer_norm.weight"), names.Contains);

    private static void WriteShards(string folder, IReadOnlyList<OutgoingTensor> tensors, long maxShardSize)
    {
        var shards = new List<List<OutgoingTensor>> { new() };
        var size = 0L;
        foreach (var tensor in tensors)
        {
            if (shards[^1].Count > 0 && size + tensor.ByteLength > maxShardSize)
            {
                shards.Add([]);
                size = 0;
            }
            shards[^1].Add(tensor);
            size += tensor.ByteLength;
        }

        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        if (shards is [var whole])
        {
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), whole, metadata);
            return;
        }
        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"model-{i + 1:d5}-of-{shards.Count:d5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), shards[i], metadata);
            shards[i].ForEach(tensor => places.Add(tensor.Name, name));
        }
        FileReplacement.Write(Path.Combine(folder, "model.safetensors.index.json"), stream =>
        {
            using var json = new Utf8JsonWriter(stream, new() { Indented = true });
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", tensors.Sum(tensor => tensor.ByteLength));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach (var (tensor, place) in places)
                json.WriteString(tensor, place);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>The fields that were there, but for those that the tensors decide.</summary>
    private static void WriteConfig(JsonElement fields, LongT5Config config, ModelHead head,
        IReadOnlyList<OutgoingTensor> tensors, Stream stream)
    {
        var family = ModelFamily.Of(config.ModelType)!;
        var architecture = family.Class + head switch
        {
            ModelHead.None => "EncoderModel",
            ModelHead.Sequence => "ForSequenceClassification",
            ModelHead.Tokens => "ForTokenClassification",
            ModelHead.Spans => "ForQuestionAnswering",
            _ => "ForConditionalGeneration",
        };
        var changed = new OrderedDictionary<string, Action<Utf8JsonWriter>>
        {
            ["architectures"] = json =>
            {
                json.WriteStartArray();
                json.WriteStringValue(architecture);
                json.WriteEndArray();
            },
            ["model_type"] = json => json.WriteStringValue(family.Type),
            ["tie_word_embeddings"] = json => json.WriteBooleanValue(config.TieWordEmbeddings
                && head != ModelHead.Vocabulary),
        };
        var spelling = fields.TryGetProperty("dtype", out _) ? "dtype" : "torch_dtype";
        if (tensors.Select(tensor => tensor.Type).Distinct().ToArray() is [var type] && TorchName(type) is { } name)
            changed[spelling] = json => json.WriteStringValue(name);

        using var json = new Utf8JsonWriter(stream, new() { Indented = true });
        json.WriteStartObject();
        foreach (var field in fields.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            if (changed.Remove(field.Name, out var write))
                write(json);
            else
                field.Value.WriteTo(json);
        }
        foreach (var (added, write) in changed)
        {
            json.WritePropertyName(added);
            write(json);
        }
        json.WriteEndObject();
    }

    private static string? TorchName(ElementType type) => type switch
    {
        ElementType.F32 => "float32",
        ElementType.BF16 => "bfloat16",
        ElementType.F16 => "float16",
        ElementType.F64 => "float64",
        _ => null,
    };
}
