using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>
/// Reads <c>config.json</c>: fields of the reference, its defaults where one is absent, old and new spellings.
/// </summary>
static class ConfigJson
{
    /// <summary>
    /// Fields of the family that change what is computed and are not computed
    /// here, with the value that asks for nothing.
    /// </summary>
    private static readonly (string Name, Func<JsonField, bool> IsNeutral, string Expected)[] NotHere =
    [
        ("quantization_config", _ => false,
            "nothing: weights that were quantised so are not read; take the checkpoint they were made from"),
        ("tie_encoder_decoder", field => !field.Truth(),
            "false: encoder and decoder that share their weights are not read; save the model with both written out"),
        ("pruned_heads", field => field.IsObject && !field.Properties().Any(),
            "none: attention without some of its heads is not read; take the model before its heads were pruned"),
    ];

    /// <summary>What a head of whole texts says, as the reference calls it.</summary>
    public static readonly (string Name, LabelProblem Problem)[] Problems =
    [
        ("single_label_classification", LabelProblem.OneLabel),
        ("multi_label_classification", LabelProblem.AnyLabels),
        ("regression", LabelProblem.Numbers),
    ];

    /// <exception cref="BadFileException">A value out of its range, or a model
    /// that this library does not know.</exception>
    public static LongT5Config Read(JsonField fields)
    {
        var family = ModelFamily.Of(fields["model_type"].Given?.Text() ?? "longt5")
            ?? throw fields["model_type"].Expected(string.Join(", ", ModelFamily.All.Select(known => known.Type)));
        var isExtended = family.Type == ModelFamily.Extended;
        if (!isExtended && fields["extensions"].Given is not null)
            throw fields["model_type"].Expected($"{ModelFamily.Extended}, since there are extensions");
        foreach (var (name, isNeutral, expected) in NotHere)
        {
            if (fields[name].Given is { } field && !isNeutral(field))
                throw field.Expected(expected);
        }

        var defaults = family.Defaults;
        var (activation, gated) = FeedForward(fields, family.Projection);
        var config = defaults with
        {
            VocabSize = fields["vocab_size"].Given?.Whole(1, 4_000_000) ?? defaults.VocabSize,
            DModel = Named(fields, "d_model", "hidden_size")?.Whole(1, 65_536) ?? defaults.DModel,
            DKv = Named(fields, "d_kv", "head_dim")?.Whole(1, 65_536) ?? defaults.DKv,
            DFf = fields["d_ff"].Given?.Whole(1, 1_048_576) ?? defaults.DFf,
            NumLayers = Named(fields, "num_layers", "num_hidden_layers")?.Whole(1, 1024) ?? defaults.NumLayers,
            // The reference looks at num_layers alone here, and at its other name only afterwards.
            NumDecoderLayers = (fields["num_decoder_layers"].Given ?? fields["num_layers"].Given)?.Whole(1, 1024)
                ?? defaults.NumDecoderLayers,
            NumHeads = Named(fields, "num_heads", "num_attention_heads")?.Whole(1, 4096) ?? defaults.NumHeads,
            LocalRadius = fields["local_radius"].Given?.Whole(1, 1_048_576) ?? defaults.LocalRadius,
            GlobalBlockSize = fields["global_block_size"].Given?.Whole(1, 1_048_576) ?? defaults.GlobalBlockSize,
            RelativeAttentionNumBuckets
                = fields["relative_attention_num_buckets"].Given?.Whole(4, 65_536)
                    ?? defaults.RelativeAttentionNumBuckets,
            RelativeAttentionMaxDistance
                = fields["relative_attention_max_distance"].Given?.Whole(2, int.MaxValue)
                    ?? defaults.RelativeAttentionMaxDistance,
            DropoutRate = fields["dropout_rate"].Given?.Number(0, 1) ?? defaults.DropoutRate,
            LayerNormEpsilon = fields["layer_norm_epsilon"].Given?.Number(0, 1) ?? defaults.LayerNormEpsilon,
            InitializerFactor = fields["initializer_factor"].Given?.Number(0, float.MaxValue)
                ?? defaults.InitializerFactor,
            EncoderAttentionType = defaults.Attention.SeesAll ? defaults.EncoderAttentionType
                : Attention(fields["encoder_attention_type"]),
            DenseActFn = activation,
            IsGatedAct = gated,
            TieWordEmbeddings = fields["tie_word_embeddings"].Given?.Truth() ?? defaults.TieWordEmbeddings,
            ScaleDecoderOutputs = fields["scale_decoder_outputs"].Given?.Truth(),
            Labels = Labels(fields) ?? defaults.Labels,
            ProblemType = fields["problem_type"].Given is { } problem ? Problem(problem) : null,
            PadTokenId = TokenId(fields["pad_token_id"]) ?? defaults.PadTokenId,
            EosTokenIds = fields["eos_token_id"].Given?.OneOrMore(4096).Select(id => id.Whole(0, int.MaxValue))
                .ToArray() ?? defaults.EosTokenIds,
            DecoderStartTokenId = TokenId(fields["decoder_start_token_id"]) ?? TokenId(fields["bos_token_id"])
                ?? defaults.DecoderStartTokenId,
        };
        return isExtended ? ExtensionsJson.Extend(fields["extensions"], config) : config;
    }

    /// <summary>
    /// A field under either of its names; the second, which other models use,
    /// stands above the first as in the reference.
    /// </summary>
    private static JsonField? Named(JsonField fields, string name, string alias) => fields[alias].Given
        ?? fields[name].Given;

    /// <summary>The labels by their numbers, or as many without names as <c>num_labels</c> says.</summary>
    private static string[]? Labels(JsonField fields)
    {
        const int Most = 100_000;
        if (fields["id2label"].Given is not { } named)
            return fields["num_labels"].Given?.Whole(1, Most) is { } count
                ? [.. Enumerable.Range(0, count).Select(i => $"LABEL_{i}")] : null;
        var labels = named.Properties().ToDictionary(label => label.Name, label => label.Value.Text());
        return labels.Count is > 0 and <= Most && Enumerable.Range(0, labels.Count).All(i => labels.ContainsKey($"{i}"))
            ? [.. Enumerable.Range(0, labels.Count).Select(i => labels[$"{i}"])]
            : throw named.Expected("a label for each number from 0 on");
    }

    private static LabelProblem Problem(JsonField field)
        => Problems.FirstOrDefault(one => one.Name == field.Text()) is { Name: not null } found ? found.Problem
            : throw field.Expected(string.Join(", ", Problems.Select(one => one.Name)));

    /// <summary>The id of a token; -1 says that there is none.</summary>
    private static int? TokenId(JsonField field) => field.Given?.Only.Whole(-1, int.MaxValue) is { } id and >= 0
        ? id : null;

    private static EncoderAttention Attention(JsonField field) => (field.Given?.Text() ?? "local") switch
    {
        "local" => EncoderAttention.Local,
        "transient-global" => EncoderAttention.TransientGlobal,
        _ => throw field.Expected("local or transient-global"),
    };

    /// <summary>
    /// <c>dense_act_fn</c> and <c>is_gated_act</c> stand above what <c>feed_forward_proj</c> says, as in the reference.
    /// </summary>
    private static (Activation, bool) FeedForward(JsonField fields, string otherwise)
    {
        var projection = fields["feed_forward_proj"].Given?.Text() ?? otherwise;
        var gated = projection.StartsWith("gated-", StringComparison.Ordinal);
        var name = gated ? projection["gated-".Length..] : projection;
        // The published gated-gelu models were trained with the tanh approximation.
        var activation = projection == "gated-gelu" ? Activation.GeluNew : Activated(fields["feed_forward_proj"], name);
        return (fields["dense_act_fn"].Given is { } written ? Activated(written, written.Text()) : activation,
            fields["is_gated_act"].Given?.Truth() ?? gated);
    }

    private static Activation Activated(JsonField field, string name) => name switch
    {
        "relu" => Activation.Relu,
        "gelu" or "gelu_python" => Activation.Gelu,
        "gelu_new" or "gelu_fast" or "gelu_accurate" or "gelu_pytorch_tanh" => Activation.GeluNew,
        "silu" or "swish" => Activation.Silu,
        _ => throw field.Expected("an activation that is known: relu, gelu, gelu_new (gelu_fast), silu"),
    };
}
