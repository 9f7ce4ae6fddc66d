using LongT5.Kernels;

namespace LongT5;

/// <summary>
/// A model of T5's kind: its names in transformers, and what its <c>config.json</c> means where it says nothing.
/// </summary>
/// <param name="Type"><c>model_type</c>.</param>
/// <param name="Class">What the names of its classes begin with.</param>
/// <param name="Defaults">The configuration of an empty file.</param>
/// <param name="Projection">What <c>feed_forward_proj</c> is where it is absent.</param>
sealed record ModelFamily(string Type, string Class, LongT5Config Defaults, string Projection = "relu")
{
    /// <summary>LongT5 with extensions: no other tool takes it for one of its own.</summary>
    public const string Extended = "longt5_extended";

    private const string Gated = "gated-gelu";

    private static readonly LongT5Config s_multilingual = new()
    {
        EncoderAttentionType = EncoderAttention.Full,
        VocabSize = 250_112,
        DFf = 1024,
        NumLayers = 8,
        NumDecoderLayers = 8,
        NumHeads = 6,
        DenseActFn = Activation.GeluNew,
        IsGatedAct = true,
        DecoderStartTokenId = 0,
    };

    /// <summary>
    /// All that are known: LongT5, with and without extensions, T5, and the multilingual ones over full attention.
    /// </summary>
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new("longt5", "LongT5", new()),
        new(Extended, "LongT5", new() { ModelType = Extended }),
        new("t5", "T5", new() { ModelType = "t5", EncoderAttentionType = EncoderAttention.Full }),
        new("mt5", "MT5", s_multilingual with { ModelType = "mt5", TieWordEmbeddings = false }, Gated),
        new("umt5", "UMT5", s_multilingual with { ModelType = "umt5", HasBiasInEveryLayer = true }, Gated),
    ];

    /// <summary>The family that is called so, or null.</summary>
    public static ModelFamily? Of(string type) => All.FirstOrDefault(family => family.Type == type);
}
