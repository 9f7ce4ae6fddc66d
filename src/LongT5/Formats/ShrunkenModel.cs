using System.Globalization;
using System.Text.Json;

namespace LongT5.Formats;

/// <summary>A checkpoint with some of its layers: what a student begins with.</summary>
static class ShrunkenModel
{
    /// <summary>The shape, the configuration and the tensors of the student.</summary>
    /// <param name="checkpoint">The teacher; it must live as long as the result.</param>
    /// <param name="encoder">The encoder's layers that stay, ascending; the first, which keeps the tables of biases,
    /// among them.</param>
    /// <param name="decoder">Those of the decoder.</param>
    public static (LongT5Config Config, JsonElement Fields, OrderedDictionary<string, StoredTensor> Tensors) Of(
        Checkpoint checkpoint, int[] encoder, int[] decoder)
    {
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (name, tensor) in checkpoint.Tensors)
            if (Renamed(name, "encoder.block.", encoder) is { } first
                && Renamed(first, "decoder.block.", decoder) is { } renamed)
                tensors.Add(renamed, tensor.Named(renamed));
        var config = checkpoint.Config with { NumLayers = encoder.Length, NumDecoderLayers = decoder.Length };
        return (config, WithLayers(checkpoint.ConfigFields, config), tensors);
    }

    // The name in the student; null of a layer that is left out.
    private static string? Renamed(string name, string stack, int[] layers)
    {
        if (!name.StartsWith(stack, StringComparison.Ordinal)) return name;
        var end = name.IndexOf('.', stack.Length);
        var layer = Array.IndexOf(layers, int.Parse(name.AsSpan(stack.Length..end), CultureInfo.InvariantCulture));
        return layer < 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{stack}{layer}{name[end..]}");
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
