using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>Reads <c>config.json</c>: fields of the reference, its defaults where one is absent, old and new spellings.</summary>
static class ConfigJson
{
    /// <exception cref="BadFileException">Not JSON, a value out of its range, or a model that this library does not know.</exception>
    public static LongT5Config Read(string path, JsonElement json)
    {
        var fields = new JsonField(json, path);

        var kind = fields["model_type"].Given?.Text() ?? "longt5";
        if (kind is not ("longt5" or "t5"))
            throw fields["model_type"].Expected("longt5 or t5");
        if (fields["quantization_config"].Given is { } quantized)
            throw quantized.Expected("nothing: weights that were quantised so are not read; take the checkpoint they were made from");

        var defaults = new LongT5Config();
        var layers = fields["num_layers"].Given?.Whole(1, 1024) ?? defaults.NumLayers;
        var (activation, gated) = FeedForward(fields);
        return new()
        {
            VocabSize = fields["vocab_size"].Given?.Whole(1, 4_000_000) ?? defaults.VocabSize,
            DModel = fields["d_model"].Given?.Whole(1, 65_536) ?? defaults.DModel,
            DKv = fields["d_kv"].Given?.Whole(1, 65_536) ?? defaults.DKv,
            DFf = fields["d_ff"].Given?.Whole(1, 1_048_576) ?? defaults.DFf,
            NumLayers = layers,
            NumDecoderLayers = fields["num_decoder_layers"].Given?.Whole(1, 1024) ?? layers,
            NumHeads = fields["num_heads"].Given?.Whole(1, 4096) ?? defaults.NumHeads,
            LocalRadius = fields["local_radius"].Given?.Whole(1, 1_048_576) ?? defaults.LocalRadius,
            GlobalBlockSize = fields["global_block_size"].Given?.Whole(1, 1_048_576) ?? defaults.GlobalBlockSize,
            RelativeAttentionNumBuckets
                = fields["relative_attention_num_buckets"].Given?.Whole(4, 65_536) ?? defaults.RelativeAttentionNumBuckets,
            RelativeAttentionMaxDistance
                = fields["relative_attention_max_distance"].Given?.Whole(2, int.MaxValue) ?? defaults.RelativeAttentionMaxDistance,
            DropoutRate = fields["dropout_rate"].Given?.Number(0, 1) ?? defaults.DropoutRate,
            LayerNormEpsilon = fields["layer_norm_epsilon"].Given?.Number(0, 1) ?? defaults.LayerNormEpsilon,
            InitializerFactor = fields["initializer_factor"].Given?.Number(0, float.MaxValue) ?? defaults.InitializerFactor,
            EncoderAttentionType = kind == "t5" ? EncoderAttention.Full : (fields["encoder_attention_type"].Given?.Text() ?? "local") switch
            {
                "local" => EncoderAttention.Local,
                "transient-global" => EncoderAttention.TransientGlobal,
                _ => throw fields["encoder_attention_type"].Expected("local or transient-global"),
            },
            DenseActFn = activation,
            IsGatedAct = gated,
            TieWordEmbeddings = fields["tie_word_embeddings"].Given?.Flag() ?? defaults.TieWordEmbeddings,
            PadTokenId = fields["pad_token_id"].Given?.Whole(0, int.MaxValue) ?? defaults.PadTokenId,
            EosTokenIds = fields["eos_token_id"].Given?.OneOrMore(4096).Select(id => id.Whole(0, int.MaxValue)).ToArray() ?? defaults.EosTokenIds,
            DecoderStartTokenId = fields["decoder_start_token_id"].Given?.Whole(0, int.MaxValue),
        };
    }

    /// <summary><c>dense_act_fn</c> and <c>is_gated_act</c> stand above what <c>feed_forward_proj</c> says, as in the reference.</summary>
    private static (Activation, bool) FeedForward(JsonField fields)
    {
        var projection = fields["feed_forward_proj"].Given?.Text() ?? "relu";
        var gated = projection.StartsWith("gated-", StringComparison.Ordinal);
        var name = gated ? projection["gated-".Length..] : projection;
        // The published gated-gelu models were trained with the tanh approximation.
        var activation = projection == "gated-gelu" ? Activation.GeluNew : Named(fields["feed_forward_proj"], name);
        return (fields["dense_act_fn"].Given is { } written ? Named(written, written.Text()) : activation,
            fields["is_gated_act"].Given?.Flag() ?? gated);
    }

    private static Activation Named(JsonField field, string name) => name switch
    {
        "relu" => Activation.Relu,
        "gelu" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluNew,
        "silu" or "swish" => Activation.Silu,
        _ => throw field.Expected("an activation that is known: relu, gelu, gelu_new, silu"),
    };
}
