using LongT5.Formats;

namespace LongT5.Tests.Model;

/// <summary>Folders of adapters as PEFT writes them, with random numbers.</summary>
static class RandomAdapter
{
    /// <summary>The kinds there are, as <see cref="Write"/> takes them.</summary>
    public static readonly string[] Kinds = ["lora", "rslora", "dora", "ia3", "houlsby", "pfeiffer"];

    /// <summary>Writes an adapter for a model that the vocabulary's head stands on.</summary>
    /// <returns>The folder.</returns>
    public static string Write(string folder, LongT5Config config, string kind, int seed, string moreConfig = "")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), $$"""
            {"base_model_name_or_path": "somewhere/base", "inference_mode": true, "task_type": "SEQ_2_SEQ_LM", {{Fields(kind)}}{{moreConfig}}}
            """);
        var random = new Random(seed);
        SafetensorsWriter.Write(Path.Combine(folder, "adapter_model.safetensors"), Tensors(config, kind, random));
        return folder;
    }

    private static string Fields(string kind) => kind switch
    {
        "lora" => "\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": 5, \"alpha_pattern\": {\"wo\": 2}, "
            + "\"modules_to_save\": [\"final_layer_norm\"]",
        "rslora" => "\"peft_type\": \"LORA\", \"r\": 3, \"lora_alpha\": 5, \"use_rslora\": true",
        "dora" => "\"peft_type\": \"LORA\", \"r\": 3, \"use_dora\": true",
        "ia3" => "\"peft_type\": \"IA3\", \"feedforward_modules\": [\"wo\"]",
        _ => $"\"peft_type\": \"BOTTLENECK\", \"bottleneck_size\": 3, \"non_linearity\": \"silu\", \"placement\": "
            + $"\"{kind}\", \"train_norms\": false",
    };

    private static IEnumerable<OutgoingTensor> Tensors(LongT5Config config, string kind, Random random)
    {
        const int Rank = 3;
        foreach (var (name, shape) in WeightShapes.Of(config))
        {
            var module = name[..^".weight".Length];
            if (kind is ("houlsby" or "pfeiffer") && (module.EndsWith(".wo", StringComparison.Ordinal)
                || kind == "houlsby" && module.EndsWith(".o", StringComparison.Ordinal)))
            {
                var sublayer = string.Join('.', module.Split('.')[..5]);
                yield return Some($"{sublayer}.adapter_down.weight", Rank, shape[0]);
                yield return Some($"{sublayer}.adapter_down.bias", Rank);
                yield return Some($"{sublayer}.adapter_up.weight", shape[0], Rank);
                yield return Some($"{sublayer}.adapter_up.bias", shape[0]);
            }
            var part = module.Split('.')[^1];
            if (kind.EndsWith("ora", StringComparison.Ordinal) && part is ("q" or "v" or "wo"))
            {
                yield return Some($"{module}.lora_A.weight", Rank, shape[1]);
                yield return Some($"{module}.lora_B.weight", shape[0], Rank);
                if (kind == "dora")
                    yield return Some($"{module}.lora_magnitude_vector", shape[0]);
            }
            if (kind == "lora" && part == "final_layer_norm")
                yield return Some(name, shape);
            if (kind == "ia3" && part is ("k" or "v" or "wo"))
                yield return Some($"{module}.ia3_l", part == "wo" ? [1, shape[1]] : [shape[0], 1]);
        }

        OutgoingTensor Some(string name, params long[] shape) => OutgoingTensor.Of($"base_model.model.{name}", shape,
            Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
                .Select(_ => (float)(random.NextDouble() + 0.1)).ToArray());
    }
}
