using LongT5.Kernels;

namespace LongT5;

/// <summary>
/// The shape of a LongT5, as <c>config.json</c> gives it; names and defaults are those of the reference.
/// </summary>
public sealed record LongT5Config
{
    private static readonly string[] s_unnamed = ["LABEL_0", "LABEL_1"];

    /// <summary>Rows of the embedding and outputs of the head; may exceed the tokenizer's pieces.</summary>
    public int VocabSize { get; init; } = 32128;

    /// <summary>Width of the residual stream.</summary>
    public int DModel { get; init; } = 512;

    /// <summary>Width of one attention head.</summary>
    public int DKv { get; init; } = 64;

    /// <summary>Width between the feed-forward matrices.</summary>
    public int DFf { get; init; } = 2048;

    /// <summary>Encoder layers.</summary>
    public int NumLayers { get; init; } = 6;

    /// <summary>Decoder layers.</summary>
    public int NumDecoderLayers { get; init; } = 6;

    /// <summary>Attention heads.</summary>
    public int NumHeads { get; init; } = 8;

    /// <summary>Largest distance at which a token sees another locally.</summary>
    public int LocalRadius { get; init; } = 127;

    /// <summary>Tokens summed into one global token.</summary>
    public int GlobalBlockSize { get; init; } = 16;

    /// <summary>Buckets of relative distance, both directions together.</summary>
    public int RelativeAttentionNumBuckets { get; init; } = 32;

    /// <summary>Distance from which on all share the last bucket.</summary>
    public int RelativeAttentionMaxDistance { get; init; } = 128;

    /// <summary>Dropout in training.</summary>
    public float DropoutRate { get; init; } = 0.1f;

    /// <summary>Added to the mean square before its root is taken.</summary>
    public float LayerNormEpsilon { get; init; } = 1e-6f;

    /// <summary>Scale of the random initialisation.</summary>
    public float InitializerFactor { get; init; } = 1f;

    /// <summary>The family, by the name that transformers has for it: longt5, t5, mt5 or umt5.</summary>
    public string ModelType { get; init; } = "longt5";

    /// <summary>
    /// Whether each layer has a table of position biases of its own (umt5), instead of one for all layers of a stack.
    /// </summary>
    public bool HasBiasInEveryLayer { get; init; }

    /// <summary>What the encoder's self-attention sees.</summary>
    public EncoderAttention EncoderAttentionType { get; init; } = EncoderAttention.Local;

    /// <summary>The activation of the feed-forward layers.</summary>
    public Activation DenseActFn { get; init; } = Activation.Relu;

    /// <summary>
    /// Whether the activation gates a second product (<c>wi_0</c>, <c>wi_1</c>) or stands alone (<c>wi</c>).
    /// </summary>
    public bool IsGatedAct { get; init; }

    /// <summary>Whether the head is the embedding.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>
    /// Whether the decoder's output is multiplied by <c>d_model^-0.5</c> before the head; null where the file does not
    /// say, as none did before transformers 5: then a tied head asks for it.
    /// </summary>
    public bool? ScaleDecoderOutputs { get; init; }

    /// <summary>
    /// What the outputs of a head of labels are called; two without a name where the file does not say.
    /// </summary>
    public IReadOnlyList<string> Labels { get; init; } = s_unnamed;

    /// <summary>What a head of whole texts says of one, where the file says so (<c>problem_type</c>).</summary>
    public LabelProblem? ProblemType { get; init; }

    /// <summary>The same where the file does not say: a number of one label, else one label of several.</summary>
    public LabelProblem Problem => ProblemType ?? (Labels.Count == 1 ? LabelProblem.Numbers : LabelProblem.OneLabel);

    /// <summary>What the model has beyond the published LongT5.</summary>
    public ModelExtensions Extensions { get; init; } = ModelExtensions.None;

    /// <summary>The id that fills batches and, by default, starts the decoder.</summary>
    public int PadTokenId { get; init; }

    /// <summary>The ids that end a sequence; the first is the one that training appends.</summary>
    public int[] EosTokenIds { get; init; } = [1];

    /// <summary>The id that starts the decoder; null where the file does not say, which is an error on use.</summary>
    public int? DecoderStartTokenId { get; init; }

    /// <summary>
    /// Whether the decoder's output is scaled, given that the checkpoint has a head of its own or none.
    /// </summary>
    public bool ScalesOutput(bool hasOwnHead) => ScaleDecoderOutputs ?? (TieWordEmbeddings && !hasOwnHead);

    /// <summary>Width of all heads together.</summary>
    public int InnerWidth => NumHeads * DKv;

    /// <summary>
    /// Largest distance at which the encoder lets a token see another directly: <see cref="LocalRadius"/>, or
    /// <see cref="int.MaxValue"/> where it sees all.
    /// </summary>
    public int AttentionRadius => Attention.SeesAll ? int.MaxValue : LocalRadius;

    /// <summary>
    /// Whether the encoder's tokens also see one summary of each block of <see cref="GlobalBlockSize"/> tokens.
    /// </summary>
    public bool HasGlobalTokens => Attention.HasGlobalTokens;

    /// <summary>What the files call the encoder's attention, and what it sees.</summary>
    internal AttentionTraits Attention => AttentionTraits.Of(this);

    /// <summary>Width of the embedding's table.</summary>
    internal int EmbeddingWidth => Extensions.EmbeddingRank ?? DModel;

    /// <summary>States that the encoder gives for so many tokens: as many, unless they are pooled.</summary>
    public int EncodedTokens(int tokens) => (tokens - 1) / Extensions.PoolingStride + 1;

    /// <summary>Global tokens of an input; tokens that fill no block at the end belong to the last full one.</summary>
    /// <param name="tokens">Length of the input.</param>
    public int GlobalTokens(int tokens) => HasGlobalTokens ? tokens / GlobalBlockSize : 0;
}
