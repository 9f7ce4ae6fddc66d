using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Compare;

/// <summary>A LongT5 of a published size with random weights: time and memory do not depend on what they are.</summary>
static class RandomCheckpoint
{
    /// <summary>Writes the checkpoint, unless the folder holds it already.</summary>
    /// <returns>The folder.</returns>
    public static string Make(string folder, string size, string attention)
    {
        if (File.Exists(Path.Combine(folder, "model.safetensors"))) return folder;
        var (width, wide, heads, layers) = size switch
        {
            "small" => (512, 1024, 6, 8),
            "base" => (768, 2048, 12, 12),
            "large" => (1024, 2816, 16, 24),
            "xl" => (2048, 5120, 32, 24),
            _ => throw new ArgumentException($"There is no size {size}: small, base, large or xl."),
        };
        var kind = attention == "full" ? "t5" : "longt5";
        Directory.CreateDirectory(folder);
        var fields = JsonFile.Parse("config.json", System.Text.Encoding.UTF8.GetBytes($$"""
            {
              "model_type": "{{kind}}", "vocab_size": 32128, "d_model": {{width}}, "d_kv": 64, "d_ff": {{wide}},
              "num_layers": {{layers}}, "num_decoder_layers": {{layers}}, "num_heads": {{heads}},
              "feed_forward_proj": "gated-gelu", "encoder_attention_type": "{{attention}}", "tie_word_embeddings": false,
              "is_encoder_decoder": true, "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1
            }
            """));
        var config = ConfigJson.Read(fields);
        ModelFolder.Write(folder, fields.Element, config,
            [.. WeightShapes.Of(config, ModelHead.Vocabulary).Select(weight => Random(weight.Name, weight.Shape))]);
        return folder;
    }

    /// <summary>
    /// Norms are one, everything else is normal with the variance that keeps a product's; drawn by the tensor's name.
    /// </summary>
    private static OutgoingTensor Random(string name, long[] shape) => new(name, ElementType.F32, shape, stream =>
    {
        var random = new Random(name.Aggregate(17, (hash, c) => unchecked(hash * 31 + c)));
        var scale = shape.Length == 1 ? 0 : name == WeightShapes.Embedding
            ? 1 : Math.Pow(shape[^1] * (name.EndsWith(".q.weight", StringComparison.Ordinal) ? 64 : 1), -0.5);
        var row = new float[shape[^1]];
        for (var i = 0L; i < (shape.Length == 1 ? 1 : shape[0]); i++)
        {
            for (var j = 0; j < row.Length; j++)
                row[j] = scale == 0
                    ? 1 : (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                        * Math.Cos(2 * Math.PI * random.NextDouble()));
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(row));
        }
    });
}
