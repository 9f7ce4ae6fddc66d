using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>The tensors that a model of a given configuration has: Hugging Face names, shapes as [out, in].</summary>
static class WeightShapes
{
    /// <summary>The embedding of both stacks, and the head where it has none of its own.</summary>
    public const string Embedding = "shared.weight";

    public const string Head = "lm_head.weight";

    /// <summary>The name of the scales [rows] that stand beside a matrix of whole numbers.</summary>
    public static string ScalesOf(string matrix) => $"{matrix}_scale";

    /// <summary>Whether a tensor is a matrix of products, which may be kept in 8 bits; embeddings and tables of biases may not.</summary>
    public static bool CanBeInt8(string name, long[] shape)
        => shape.Length == 2 && name != Embedding && !name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal);

    /// <summary>
    /// How a matrix is kept among 8-bit weights: those of attention in 11 bits, which take 16, since what they lose
    /// decides where a token looks; all others in 8.
    /// </summary>
    public static ElementType WholeType(string name)
        => name.Contains("Attention.", StringComparison.Ordinal) ? ElementType.I16 : ElementType.I8;

    /// <summary>The name of the encoder's self-attention, which tells the kind of model.</summary>
    public static string EncoderAttention(LongT5Config config) => config.EncoderAttentionType switch
    {
        LongT5.EncoderAttention.Local => "LocalSelfAttention",
        LongT5.EncoderAttention.TransientGlobal => "TransientGlobalSelfAttention",
        _ => "SelfAttention",
    };

    /// <summary>Every tensor but the head, which a checkpoint may lack.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Of(LongT5Config config, bool decoder = true)
    {
        long width = config.DModel, inner = config.InnerWidth, wide = config.DFf;
        long[] table = [config.RelativeAttentionNumBuckets, config.NumHeads];

        yield return (Embedding, [config.VocabSize, width]);
        foreach (var weight in Stack("encoder", config.NumLayers))
            yield return weight;
        if (decoder)
        {
            foreach (var weight in Stack("decoder", config.NumDecoderLayers))
                yield return weight;
        }

        IEnumerable<(string, long[])> Stack(string stack, int layers)
        {
            for (var i = 0; i < layers; i++)
            {
                var block = $"{stack}.block.{i}.layer";
                var self = $"{block}.0.{(stack == "encoder" ? EncoderAttention(config) : "SelfAttention")}";
                foreach (var weight in Attention(self))
                    yield return weight;
                if (i == 0)
                    yield return ($"{self}.relative_attention_bias.weight", table);
                if (stack == "encoder" && config.EncoderAttentionType == LongT5.EncoderAttention.TransientGlobal)
                {
                    if (i == 0)
                        yield return ($"{self}.global_relative_attention_bias.weight", table);
                    yield return ($"{self}.global_input_layer_norm.weight", [width]);
                }
                yield return ($"{block}.0.layer_norm.weight", [width]);

                var last = 1;
                if (stack == "decoder")
                {
                    foreach (var weight in Attention($"{block}.1.EncDecAttention"))
                        yield return weight;
                    yield return ($"{block}.1.layer_norm.weight", [width]);
                    last = 2;
                }

                var dense = $"{block}.{last}.DenseReluDense";
                foreach (var name in config.IsGatedAct ? ["wi_0", "wi_1"] : new[] { "wi" })
                    yield return ($"{dense}.{name}.weight", [wide, width]);
                yield return ($"{dense}.wo.weight", [width, wide]);
                yield return ($"{block}.{last}.layer_norm.weight", [width]);
            }
            yield return ($"{stack}.final_layer_norm.weight", [width]);
        }

        IEnumerable<(string, long[])> Attention(string name)
        {
            foreach (var part in new[] { "q", "k", "v" })
                yield return ($"{name}.{part}.weight", [inner, width]);
            yield return ($"{name}.o.weight", [width, inner]);
        }
    }
}
