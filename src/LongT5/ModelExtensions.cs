using System.Collections.Frozen;

namespace LongT5;

/// <summary>
/// What a model has beyond the published LongT5 (<c>model_type</c> longt5_extended): each is off unless
/// <c>extensions</c> in <c>config.json</c> asks for it, and they combine.
/// </summary>
public sealed record ModelExtensions
{
    /// <summary>The published LongT5.</summary>
    public static ModelExtensions None { get; } = new();

    /// <summary>A convolution before the attention of the first encoder layers; null for none.</summary>
    public ConvolutionExtension? Convolution { get; init; }

    /// <summary>Tokens whose states become one after the encoder, by their mean; 1 for each its own.</summary>
    public int PoolingStride { get; init; } = 1;

    /// <summary>
    /// Whether sub-layers alternate between two streams, so that their inputs follow from their outputs.
    /// </summary>
    public bool IsReversible { get; init; }

    /// <summary>
    /// Width of the embedding's table, which a matrix widens to the model's; null for the model's own.
    /// </summary>
    public int? EmbeddingRank { get; init; }

    /// <summary>
    /// Ranks of the linear maps that are products of two matrices, by their names without <c>.weight</c>; what is given
    /// is copied.
    /// </summary>
    public IReadOnlyDictionary<string, int> LowRank
    {
        get;
        init => field = value.ToFrozenDictionary();
    } = FrozenDictionary<string, int>.Empty;

    /// <summary>Attention that sees near tokens exactly and far ones through features; null for none.</summary>
    public KernelizedExtension? Kernelized { get; init; }
}

/// <summary>A convolution module after Conformer's (Gulati et al. 2020).</summary>
/// <param name="Kernel">Tokens that it spans, odd.</param>
/// <param name="Layers">How many of the first encoder layers have it.</param>
public sealed record ConvolutionExtension(int Kernel, int Layers);

/// <summary>
/// Features of far tokens: elu(x) + 1 (Katharopoulos et al. 2020), or FAVOR+ (Choromanski et al. 2020).
/// </summary>
/// <param name="Features">Random features of a head for FAVOR+; null for elu(x) + 1.</param>
/// <param name="Seed">What they were drawn from; they are stored, so it only tells.</param>
public sealed record KernelizedExtension(int? Features, int? Seed);
