namespace LongT5.Formats;

/// <summary>
/// Reads <c>extensions</c> of <c>config.json</c>: an unknown one, or a value out of its range, is an error.
/// </summary>
static class ExtensionsJson
{
    private const int Most = 1_048_576;

    /// <param name="extensions">The object.</param>
    /// <param name="config">The model without them.</param>
    /// <exception cref="BadFileException">What it asks for cannot be.</exception>
    public static LongT5Config Extend(JsonField extensions, LongT5Config config)
    {
        if (extensions.Given?.Properties().Any() != true)
            throw extensions.Expected("an object with one or more extensions, as longt5_extended has");
        var extended = new ModelExtensions();
        foreach (var (name, value) in extensions.Properties())
        {
            extended = name switch
            {
                "convolution" => extended with { Convolution = Convolution(value, config) },
                "pooling" => extended with { PoolingStride = Only(value, "stride")["stride"].Whole(1, Most) },
                "reversible" => extended with { IsReversible = value.Flag() },
                "embedding_rank" => extended with { EmbeddingRank = value.Whole(1, config.DModel) },
                "low_rank" => extended with
                {
                    LowRank = value.Properties()
                    .ToDictionary(map => map.Name, map => map.Value.Whole(1, Most))
                },
                "kernelized" => extended with { Kernelized = Kernelized(value, config) },
                _ => throw value.Expected("an extension that is known: convolution, pooling, reversible, "
                    + "embedding_rank, low_rank, kernelized"),
            };
        }
        var whole = config with { Extensions = extended with { LowRank = ModelExtensions.None.LowRank } };
        var maps = WeightShapes.Of(whole, config.TieWordEmbeddings ? ModelHead.Embedding : ModelHead.Vocabulary)
            .Where(weight => WeightShapes.IsLinear(weight.Name, weight.Shape))
            .ToDictionary(weight => weight.Name, weight => weight.Shape);
        foreach (var (name, rank) in extended.LowRank)
        {
            if (!maps.TryGetValue($"{name}.weight", out var shape))
                throw extensions["low_rank"][name].Expected("nothing: the model has no linear map of this name");
            if (rank > shape.Min())
                throw extensions["low_rank"][name].Expected($"a rank of at most {shape.Min()}");
        }
        return config with { Extensions = extended };
    }

    private static ConvolutionExtension Convolution(JsonField field, LongT5Config config)
    {
        Only(field, "kernel", "layers");
        var kernel = field["kernel"].Whole(1, Most);
        return kernel % 2 == 1 ? new(kernel, field["layers"].Whole(1, config.NumLayers)) : throw field["kernel"]
            .Expected("an odd number");
    }

    private static KernelizedExtension Kernelized(JsonField field, LongT5Config config)
    {
        if (config.Attention.SeesAll || config.HasGlobalTokens)
            throw field.Expected("nothing: kernelized needs encoder_attention_type local");
        switch (field["map"].Given?.Text())
        {
            case "elu+1":
                Only(field, "map");
                return new(null, null);
            case "favor+":
                Only(field, "map", "features", "seed");
                return new(field["features"].Whole(1, 65_536), field["seed"].Given?.Whole());
            default:
                throw field["map"].Expected("elu+1 or favor+");
        }
    }

    private static JsonField Only(JsonField field, params string[] known)
    {
        foreach (var (name, value) in field.Properties())
        {
            if (!known.Contains(name))
                throw value.Expected($"nothing: {string.Join(" and ", known)} are all there is");
        }
        return field;
    }
}
