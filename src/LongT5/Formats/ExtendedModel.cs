// Shapes: C model width, K kernel, H heads, M features, D head width.

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LongT5.Formats;

/// <summary>A trained checkpoint with extensions added to it.</summary>
static class ExtendedModel
{
    /// <summary>What can be set, and what it takes.</summary>
    public const string Known = "convolution.kernel=ODD, convolution.layers=N, pooling.stride=N, "
        + "kernelized.map=elu+1 or favor+, kernelized.features=N, kernelized.seed=N";

    private static readonly string[] s_names = [.. Known.Split(", ").Select(one => one.Split('=')[0])];

    /// <param name="checkpoint">The checkpoint; it must live as long as the result.</param>
    /// <param name="settings">Such as <c>convolution.kernel=31</c>.</param>
    /// <returns>Its configuration and its tensors, those that are new among them.</returns>
    /// <exception cref="ArgumentException">A setting that is not known, or has no value.</exception>
    /// <exception cref="BadFileException">A value out of its range, or extensions that do not go together.</exception>
    public static (LongT5Config Config, JsonElement Fields, OrderedDictionary<string, StoredTensor> Tensors) Of(
        Checkpoint checkpoint, IEnumerable<string> settings)
    {
        if (checkpoint.Config.ModelType is not ("longt5" or ModelFamily.Extended))
            throw new NotSupportedException(
                $"{checkpoint.Path} is a {checkpoint.Config.ModelType}; extensions are LongT5's.");
        if (checkpoint.Tensors.Values.Any(tensor => tensor.Type.IsWhole()))
            throw new NotSupportedException(
                $"{checkpoint.Path} is in 8 bits; extend the checkpoint that it was made from.");
        var fields = Extended(checkpoint.ConfigFields, checkpoint.Config, settings);
        var config = ConfigJson.Read(new(fields, $"{checkpoint.Path} with what is asked for"));
        var source = checkpoint.Tensors[WeightShapes.Embedding];
        var (before, now) = (WeightShapes.EncoderAttention(checkpoint.Config), WeightShapes.EncoderAttention(config));
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var (number, (name, shape)) in WeightShapes.Of(config, checkpoint.Head).Index())
        {
            var old = name.Replace(now, before, StringComparison.Ordinal);
            tensors.Add(name, checkpoint.Tensors.TryGetValue(old, out var tensor) && tensor.Shape.SequenceEqual(shape)
                ? old == name ? tensor : tensor.Named(name)
                : MadeTensor.Of(source, name, shape, Begin(name, shape,
                    unchecked((config.Extensions.Kernelized?.Seed ?? 0) * 1_000_003 + number))));
        }
        // An embedding of its own for a stack has no place among the shapes of a model.
        foreach (var (name, tensor) in checkpoint.Tensors)
            if (name is WeightShapes.EncoderEmbedding or WeightShapes.DecoderEmbedding) tensors.TryAdd(name, tensor);
        return (config, fields, tensors);
    }

    private static JsonElement Extended(JsonElement fields, LongT5Config config, IEnumerable<string> settings)
    {
        var extended = JsonObject.Create(fields.Clone())!;
        extended["model_type"] = ModelFamily.Extended;
        if (extended["extensions"] is not JsonObject extensions) extended["extensions"] = extensions = [];
        foreach (var setting in settings)
        {
            var (name, value) = setting.Split('=', 2) is [var left, { Length: > 0 } right] ? (left, right)
                : throw new ArgumentException($"{setting} must be a name and a value; known are {Known}.");
            if (!s_names.Contains(name))
                throw new ArgumentException(
                    $"{name} cannot be added to a trained model{Why(name)}; known are {Known}.");
            var (key, part) = (name.Split('.')[0], name.Split('.')[1]);
            if (extensions[key] is not JsonObject extension) extensions[key] = extension = [];
            extension[part] = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var number) ? JsonValue.Create(number) : JsonValue.Create(value);
        }
        if (extensions["convolution"] is JsonObject convolution && !convolution.ContainsKey("layers"))
            convolution["layers"] = config.NumLayers;
        using var written = JsonDocument.Parse(extended.ToJsonString());
        return written.RootElement.Clone();
    }

    private static string Why(string name) => name.Split('.')[0] switch
    {
        "reversible" => ": two streams make another function of the same weights, which is trained from scratch",
        "embedding_rank" => ": a narrower embedding is trained from scratch",
        "low_rank" => " so: what is trained is factored, by energy or by rank",
        _ => "",
    };

    /// <summary>What a new tensor begins as; a convolution adds nothing, since its last matrix is zero.</summary>
    private static MadeTensor.Row Begin(string name, long[] shape, int seed) => name.Split('.') switch
    {
        [.., "features"] => (head, target) => RandomFeatures.Draw((int)shape[1], (int)shape[2],
            new(unchecked(seed * 1_000_003 + head)), target),
        [.., "layer_norm" or "depthwise_norm", _] => (_, target) => target.Fill(1),
        [.., "pointwise_out", _] => (_, target) => target.Clear(),
        [.., "convolution", "pointwise_in" or "depthwise", _] => (row, target) =>
        {
            // [2 C, C] or [C, 1, K]: deviation 1 over the root of what is summed
            var numbers = RandomFeatures.Normal(target.Length, new(unchecked(seed * 1_000_003 + row)));
            for (var i = 0; i < target.Length; i++)
                target[i] = (float)(numbers[i] / Math.Sqrt(target.Length));
        }
        ,
        _ => throw new ArgumentException($"The checkpoint has no tensor {name}, and no extension adds one."),
    };
}
