using System.Text.Json;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>Reads <c>config.json</c>: fields of the reference, its defaults where one is absent, old and new spellings.</summary>
static class ConfigJson
{
    /// <exception cref="BadFileException">Not JSON, a value out of its range, or a model that this library does not know.</exception>
    public static LongT5Config Read(string path, JsonElement json)
    {
        var fields = new JsonFields(path, json);

        var kind = fields.Text("model_type") ?? "longt5";
        if (kind is not ("longt5" or "t5"))
            throw fields.Bad("model_type", $"is {kind}; this library reads longt5 and t5.");
        if (fields.Has("quantization_config"))
            throw fields.Bad("quantization_config", "says that the weights are quantised, which this library cannot read; "
                + "take the checkpoint they were made from.");

        var defaults = new LongT5Config();
        var layers = fields.Integer("num_layers", 1, 1024) ?? defaults.NumLayers;
        var (activation, gated) = FeedForward(fields);
        return new()
        {
            VocabSize = fields.Integer("vocab_size", 1, 4_000_000) ?? defaults.VocabSize,
            DModel = fields.Integer("d_model", 1, 65_536) ?? defaults.DModel,
            DKv = fields.Integer("d_kv", 1, 65_536) ?? defaults.DKv,
            DFf = fields.Integer("d_ff", 1, 1_048_576) ?? defaults.DFf,
            NumLayers = layers,
            NumDecoderLayers = fields.Integer("num_decoder_layers", 1, 1024) ?? layers,
            NumHeads = fields.Integer("num_heads", 1, 4096) ?? defaults.NumHeads,
            LocalRadius = fields.Integer("local_radius", 1, 1_048_576) ?? defaults.LocalRadius,
            GlobalBlockSize = fields.Integer("global_block_size", 1, 1_048_576) ?? defaults.GlobalBlockSize,
            RelativeAttentionNumBuckets
                = fields.Integer("relative_attention_num_buckets", 4, 65_536) ?? defaults.RelativeAttentionNumBuckets,
            RelativeAttentionMaxDistance
                = fields.Integer("relative_attention_max_distance", 2, int.MaxValue) ?? defaults.RelativeAttentionMaxDistance,
            DropoutRate = fields.Number("dropout_rate", 0, 1) ?? defaults.DropoutRate,
            LayerNormEpsilon = fields.Number("layer_norm_epsilon", 0, 1) ?? defaults.LayerNormEpsilon,
            InitializerFactor = fields.Number("initializer_factor", 0, float.MaxValue) ?? defaults.InitializerFactor,
            EncoderAttentionType = kind == "t5" ? EncoderAttention.Full : (fields.Text("encoder_attention_type") ?? "local") switch
            {
                "local" => EncoderAttention.Local,
                "transient-global" => EncoderAttention.TransientGlobal,
                var other => throw fields.Bad("encoder_attention_type", $"is {other}; local and transient-global are known."),
            },
            DenseActFn = activation,
            IsGatedAct = gated,
            TieWordEmbeddings = fields.Flag("tie_word_embeddings") ?? defaults.TieWordEmbeddings,
            PadTokenId = fields.Integer("pad_token_id", 0, int.MaxValue) ?? defaults.PadTokenId,
            EosTokenIds = fields.Integers("eos_token_id", 0, int.MaxValue) ?? defaults.EosTokenIds,
            DecoderStartTokenId = fields.Integer("decoder_start_token_id", 0, int.MaxValue),
        };
    }

    /// <summary><c>dense_act_fn</c> and <c>is_gated_act</c> stand above what <c>feed_forward_proj</c> says, as in the reference.</summary>
    private static (Activation, bool) FeedForward(JsonFields fields)
    {
        var projection = fields.Text("feed_forward_proj") ?? "relu";
        var gated = projection.StartsWith("gated-", StringComparison.Ordinal);
        var name = gated ? projection["gated-".Length..] : projection;
        // The published gated-gelu models were trained with the tanh approximation.
        var activation = projection == "gated-gelu" ? Activation.GeluNew : Named(fields, "feed_forward_proj", name);
        return (fields.Text("dense_act_fn") is { } written ? Named(fields, "dense_act_fn", written) : activation,
            fields.Flag("is_gated_act") ?? gated);
    }

    private static Activation Named(JsonFields fields, string field, string name) => name switch
    {
        "relu" => Activation.Relu,
        "gelu" => Activation.Gelu,
        "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluNew,
        "silu" or "swish" => Activation.Silu,
        _ => throw fields.Bad(field, $"names the activation {name}; relu, gelu, gelu_new and silu are known."),
    };
}
