using System.Globalization;
using System.Text.Json;

namespace LongT5.Formats;

/// <summary>A checkpoint with some of its layers: what a student begins with.</summary>
static class ShrunkenModel
{
    /// <summary>The shape, the configuration and the tensors of the student.</summary>
    /// <param name="checkpoint">The teacher; it must live as long as the result.</param>
    /// <param name="encoder">What the layers of its encoder are made of.</param>
    /// <param name="decoder">Those of its decoder.</param>
    public static (LongT5Config Config, JsonElement Fields, OrderedDictionary<string, StoredTensor> Tensors) Of(
        Checkpoint checkpoint, CopiedLayer[] encoder, CopiedLayer[] decoder)
    {
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, tensor) in checkpoint.Tensors)
            foreach (var renamed in Names(name, encoder, decoder))
                tensors.Add(renamed, tensor.Named(renamed));
        var config = checkpoint.Config with { NumLayers = encoder.Length, NumDecoderLayers = decoder.Length };
        return (config, WithLayers(checkpoint.ConfigFields, config), tensors);
    }

    // What a tensor of the teacher is called in the student: nothing, a name, or several.
    private static IEnumerable<string> Names(string name, CopiedLayer[] encoder, CopiedLayer[] decoder)
    {
        var parts = name.Split('.', 5); // encoder.block.3.layer.0.SelfAttention.q.weight
        // The tables of biases are the whole stack's, wherever they stand.
        if (parts is not [var stack, "block", var number, "layer", var rest]
            || rest.Contains("relative_attention_bias", StringComparison.Ordinal))
            return [name];
        var layer = int.Parse(number, CultureInfo.InvariantCulture);
        var isSelfAttention = rest.StartsWith("0.", StringComparison.Ordinal);
        var layers = stack == "encoder" ? encoder : decoder;
        return Enumerable.Range(0, layers.Length)
            .Where(i => (isSelfAttention ? layers[i].SelfAttention : layers[i].Others) == layer)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"{stack}.block.{i}.layer.{rest}"));
    }

    private static JsonElement WithLayers(JsonElement fields, LongT5Config config)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            // num_hidden_layers is another name of num_layers, and stands above it.
            foreach (var field in fields.EnumerateObject()
                .Where(field => field.Name is not ("num_layers" or "num_hidden_layers" or "num_decoder_layers")))
                field.WriteTo(json);
            json.WriteNumber("num_layers", config.NumLayers);
            json.WriteNumber("num_decoder_layers", config.NumDecoderLayers);
            json.WriteEndObject();
        }
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
