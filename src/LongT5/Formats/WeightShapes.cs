using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>The tensors that a model of a given configuration has: Hugging Face names, shapes as [out, in].</summary>
static class WeightShapes
{
    /// <summary>The embedding of both stacks, and the head where it has none of its own.</summary>
    public const string Embedding = "shared.weight";

    /// <summary>The embedding of the encoder, in the rare file where it differs from <see cref="Embedding"/>.</summary>
    public const string EncoderEmbedding = "encoder.embed_tokens.weight";

    /// <summary>The embedding of the decoder, in the rare file where it differs from <see cref="Embedding"/>.</summary>
    public const string DecoderEmbedding = "decoder.embed_tokens.weight";

    public const string Head = "lm_head.weight";

    /// <summary>What widens an embedding of low rank: [C, E].</summary>
    public const string Projection = "shared_projection.weight";

    /// <summary>The name of the scales [rows] that stand beside a matrix of whole numbers.</summary>
    public static string ScalesOf(string matrix) => $"{matrix}_scale";

    /// <summary>
    /// Whether a tensor is a matrix of products, which may be kept in 8 bits; embeddings and tables of biases may not.
    /// </summary>
    public static bool CanBeInt8(string name, long[] shape)
        => IsLinear(name, shape);

    /// <summary>Whether a tensor is the matrix of a linear map, and no table of rows.</summary>
    public static bool IsLinear(string name, long[] shape)
        => shape.Length == 2 && name is not (Embedding or EncoderEmbedding or DecoderEmbedding or Projection)
            && !name.EndsWith("relative_attention_bias.weight", StringComparison.Ordinal);

    /// <summary>
    /// How a matrix is kept among 8-bit weights: those of attention in 11 bits, which take 16, since what they lose
    /// decides where a token looks; all others in 8.
    /// </summary>
    public static ElementType WholeType(string name)
        => name.Contains("Attention.", StringComparison.Ordinal) ? ElementType.I16 : ElementType.I8;

    /// <summary>The name of the encoder's self-attention, which tells the kind of model.</summary>
    public static string EncoderAttention(LongT5Config config) => config.Attention.Module;

    /// <summary>The head that a model has.</summary>
    /// <param name="hasDecoder">Whether it has a decoder.</param>
    /// <param name="has">Whether it has a tensor.</param>
    public static ModelHead HeadOf(bool hasDecoder, Predicate<string> has)
        => !hasDecoder ? has("classifier.weight") ? ModelHead.Tokens : ModelHead.None
            : has("classification_head.out_proj.weight") ? ModelHead.Sequence
            : has("qa_outputs.weight") ? ModelHead.Spans
            : has(Head) || has("lm_head.a.weight") ? ModelHead.Vocabulary : ModelHead.Embedding;

    /// <summary>
    /// What a file of transformers has before the name of a tensor, where the model stands within one with a head.
    /// </summary>
    public static string PrefixOf(ModelHead head, string name) => head is ModelHead.Sequence or ModelHead.Tokens
        && !name.StartsWith("classif", StringComparison.Ordinal) ? "transformer." : "";

    /// <summary>
    /// Every tensor of a model, in the order in which it computes; of matrices that are tied, the one that is kept.
    /// </summary>
    /// <param name="config">The shape of the model.</param>
    /// <param name="head">What stands on its last states.</param>
    public static IEnumerable<(string Name, long[] Shape)> Of(LongT5Config config, ModelHead head = ModelHead.Embedding)
        => Whole(config, head).SelectMany<(string Name, long[] Shape), (string, long[])>(weight
            => weight.Name.EndsWith(".weight", StringComparison.Ordinal)
                && config.Extensions.LowRank.TryGetValue(weight.Name[..^".weight".Length], out var rank)
                ?
                [
                    (weight.Name.Insert(weight.Name.Length - ".weight".Length, ".a"), [rank, weight.Shape[1]]),
                    (weight.Name.Insert(weight.Name.Length - ".weight".Length, ".b"), [weight.Shape[0], rank]),
                ]
                : [weight]);

    /// <summary>The tensors before any of them is split in two.</summary>
    private static IEnumerable<(string Name, long[] Shape)> Whole(LongT5Config config, ModelHead head)
    {
        long width = config.DModel, inner = config.InnerWidth, wide = config.DFf;
        long[] table = [config.RelativeAttentionNumBuckets, config.NumHeads];

        yield return (Embedding, [config.VocabSize, config.EmbeddingWidth]);
        if (config.Extensions.EmbeddingRank is { } embedded)
            yield return (Projection, [width, embedded]);
        foreach (var weight in Encoder())
            yield return weight;
        if (head.HasDecoder())
        {
            foreach (var weight in Decoder())
                yield return weight;
        }
        foreach (var weight in HeadOf())
            yield return weight;

        IEnumerable<(string, long[])> Encoder()
        {
            for (var i = 0; i < config.NumLayers; i++)
            {
                foreach (var weight in Convolution(i))
                    yield return weight;
                var block = $"encoder.block.{i}.layer";
                var self = $"{block}.0.{EncoderAttention(config)}";
                foreach (var weight in Attention(self))
                    yield return weight;
                if (i == 0 || config.HasBiasInEveryLayer)
                    yield return ($"{self}.relative_attention_bias.weight", table);
                if (config.Extensions.Kernelized?.Features is { } features)
                    yield return ($"{self}.features", [config.NumHeads, features, config.DKv]);
                if (i == 0 && config.HasGlobalTokens)
                    yield return ($"{self}.global_relative_attention_bias.weight", table);
                if (config.HasGlobalTokens)
                    yield return ($"{self}.global_input_layer_norm.weight", [width]);
                yield return ($"{block}.0.layer_norm.weight", [width]);
                foreach (var weight in FeedForward($"{block}.1"))
                    yield return weight;
            }
            yield return ("encoder.final_layer_norm.weight", [width]);
        }

        IEnumerable<(string, long[])> Decoder()
        {
            for (var i = 0; i < config.NumDecoderLayers; i++)
            {
                var block = $"decoder.block.{i}.layer";
                foreach (var weight in Attention($"{block}.0.SelfAttention"))
                    yield return weight;
                if (i == 0 || config.HasBiasInEveryLayer)
                    yield return ($"{block}.0.SelfAttention.relative_attention_bias.weight", table);
                yield return ($"{block}.0.layer_norm.weight", [width]);
                foreach (var weight in Attention($"{block}.1.EncDecAttention"))
                    yield return weight;
                yield return ($"{block}.1.layer_norm.weight", [width]);
                foreach (var weight in FeedForward($"{block}.2"))
                    yield return weight;
            }
            yield return ("decoder.final_layer_norm.weight", [width]);
        }

        IEnumerable<(string, long[])> Convolution(int layer)
        {
            var name = $"encoder.block.{layer}.convolution";
            return config.Extensions.Convolution is { } convolution && layer < convolution.Layers
                ?
                [
                    ($"{name}.layer_norm.weight", [width]), ($"{name}.pointwise_in.weight", [2 * width, width]),
                    ($"{name}.depthwise.weight", [width, 1, convolution.Kernel]),
                    ($"{name}.depthwise_norm.weight", [width]),
                    ($"{name}.pointwise_out.weight", [width, width]),
                ]
                : [];
        }

        IEnumerable<(string, long[])> HeadOf()
        {
            long labels = config.Labels.Count;
            return head switch
            {
                ModelHead.Vocabulary => [(Head, [config.VocabSize, width])],
                ModelHead.Sequence =>
                [
                    ("classification_head.dense.weight", [width, width]), ("classification_head.dense.bias", [width]),
                    ("classification_head.out_proj.weight", [labels, width]),
                    ("classification_head.out_proj.bias", [labels]),
                ],
                ModelHead.Tokens => [("classifier.weight", [labels, width]), ("classifier.bias", [labels])],
                ModelHead.Spans => [("qa_outputs.weight", [labels, width]), ("qa_outputs.bias", [labels])],
                _ => [],
            };
        }

        IEnumerable<(string, long[])> FeedForward(string name)
        {
            foreach (var part in config.IsGatedAct ? ["wi_0", "wi_1"] : new[] { "wi" })
                yield return ($"{name}.DenseReluDense.{part}.weight", [wide, width]);
            yield return ($"{name}.DenseReluDense.wo.weight", [width, wide]);
            yield return ($"{name}.layer_norm.weight", [width]);
        }

        IEnumerable<(string, long[])> Attention(string name)
        {
            foreach (var part in new[] { "q", "k", "v" })
                yield return ($"{name}.{part}.weight", [inner, width]);
            yield return ($"{name}.o.weight", [width, inner]);
        }
    }
}
