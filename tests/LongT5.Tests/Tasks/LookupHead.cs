using LongT5.Formats;
using LongT5.Text;

namespace LongT5.Tests.Tasks;

/// <summary>
/// A model whose layers do nothing, so that its head sees one token alone: what it says of each is written down. An
/// encoder's head sees the token itself, one on the decoder the token before.
/// </summary>
static class LookupHead
{
    /// <summary>Writes the model into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="head">Its head.</param>
    /// <param name="labels">What its outputs are called.</param>
    /// <param name="scores">What it says of pieces, by label; 0 of all others.</param>
    /// <param name="moreConfig">More of <c>config.json</c>.</param>
    public static string Write(string folder, ModelHead head, string[] labels,
        Dictionary<string, float[]> scores, string moreConfig = "")
    {
        Directory.CreateDirectory(folder);
        var vocabulary = Path.Combine(folder, "spiece.model");
        File.Copy(Path.Combine(TinyModel.Folder, "spiece.model"), vocabulary, overwrite: true);
        var tokenizer = Tokenizer.Load(vocabulary);
        var width = tokenizer.VocabularySize;
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "longt5", "vocab_size": {{width}}, "d_model": {{width}}, "d_kv": 4, "d_ff": 4, "num_heads": 1,
             "num_layers": 1, "num_decoder_layers": 1, "local_radius": 7, "encoder_attention_type": "local",
             "feed_forward_proj": "relu", "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0,
             "id2label": { {{string.Join(", ", labels.Select((label, i) => $"\"{i}\": \"{label}\""))}} }{{moreConfig}}}
            """);
        var config = ConfigJson.Read(JsonFile.Read(Path.Combine(folder, "config.json")));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), WeightShapes.Of(config, head).Select(weight
            => OutgoingTensor.Of(WeightShapes.PrefixOf(head, weight.Name) + weight.Name, weight.Shape,
                Values(weight.Name, weight.Shape))));
        return folder;

        float[] Values(string name, long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            if (name.EndsWith("layer_norm.weight", StringComparison.Ordinal)) Array.Fill(values, 1);
            else if (name is "shared.weight" or "classification_head.dense.weight")
                for (var i = 0; i < width; i++) values[i * width + i] = 1;
            else if (name is "classifier.weight" or "qa_outputs.weight" or "classification_head.out_proj.weight")
                foreach (var (piece, ofLabels) in scores)
                    for (var label = 0; label < labels.Length; label++)
                        values[label * width + tokenizer.Id(piece)] = ofLabels[label]
                            / (head == ModelHead.Sequence ? 1 : MathF.Sqrt(width)); // as the norm scales a token
            return values;
        }
    }
}
