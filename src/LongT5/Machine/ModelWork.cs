// Shapes: L tokens of an input, C model width, I = heads x head width, F feed-forward width.

namespace LongT5.Machine;

/// <summary>What a model's stages have to do, reckoned from its shape: what measured seconds are divided by.</summary>
/// <remarks>
/// A multiply-add counts as two operations. Norms, activations and softmax count
/// nothing: they are some hundredths of the rest.
/// </remarks>
static class ModelWork
{
    /// <summary>Floating-point operations of the encoder over one input.</summary>
    /// <param name="config">The shape of the model.</param>
    /// <param name="tokens">L.</param>
    public static double Encode(LongT5Config config, int tokens)
    {
        ArgumentNullException.ThrowIfNull(config);
        double width = config.DModel, inner = config.InnerWidth;
        double blocks = config.GlobalTokens(tokens);
        var pairs = PairsInSight(config.AttentionRadius, tokens) + tokens * blocks;
        var layers = config.NumLayers * (tokens * (8 * width * inner + FeedForwardOfToken(config))
            + 4 * pairs * inner + 4.0 * blocks * width * inner);
        // from both ends: a key is added, a query looks, each through its features
        if (config.Extensions.Kernelized is { } far)
            layers += config.NumLayers * 2.0 * tokens * inner * (far.Features is { } features
                ? 8 * features : 4 * config.DKv);
        if (config.Extensions.Convolution is { } convolution)
            layers += convolution.Layers * 2.0 * tokens * (3 * width * width + width * convolution.Kernel);
        return layers;
    }

    /// <summary>Operations of a layer's feed-forward part for one token.</summary>
    public static double FeedForwardOfToken(LongT5Config config)
        => 2.0 * config.DModel * (config.IsGatedAct ? 3 : 2) * config.DFf;

    /// <summary>
    /// Operations of the keys and values of cross attention over one input: in each decoder layer, once.
    /// </summary>
    /// <param name="config">The shape of the model.</param>
    /// <param name="tokens">L.</param>
    public static double CrossMemory(LongT5Config config, int tokens)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.NumDecoderLayers * 4.0 * config.EncodedTokens(tokens) * config.DModel * config.InnerWidth;
    }

    /// <summary>Pairs of tokens that look at each other directly.</summary>
    private static double PairsInSight(double radius, double tokens)
        => radius >= tokens ? tokens * tokens : tokens * (2 * radius + 1) - radius * (radius + 1);
}
