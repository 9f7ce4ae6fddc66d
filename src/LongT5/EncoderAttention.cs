namespace LongT5;

/// <summary>Which tokens an encoder position may look at.</summary>
public enum EncoderAttention
{
    /// <summary>Its neighbours within <see cref="LongT5Config.LocalRadius"/>.</summary>
    Local,

    /// <summary>
    /// Its neighbours, and one summary of each block of <see cref="LongT5Config.GlobalBlockSize"/> tokens.
    /// </summary>
    TransientGlobal,

    /// <summary>Every token: T5.1.1, the baseline of the paper (<c>model_type</c> t5).</summary>
    Full,
}

/// <summary>
/// What follows from a kind of attention. It stands here once, so that nobody else asks for the kind.
/// </summary>
/// <param name="Module">The name of the encoder's self-attention among the tensors.</param>
/// <param name="SeesAll">Whether a token sees all others directly.</param>
/// <param name="HasGlobalTokens">Whether a token also sees the summaries of all blocks.</param>
sealed record AttentionTraits(string Module, bool SeesAll, bool HasGlobalTokens)
{
    private static readonly AttentionTraits s_local = new("LocalSelfAttention", SeesAll: false, HasGlobalTokens: false);
    private static readonly AttentionTraits s_transientGlobal = s_local with
    {
        Module = "TransientGlobalSelfAttention",
        HasGlobalTokens = true
    };
    private static readonly AttentionTraits s_full = new("SelfAttention", SeesAll: true, HasGlobalTokens: false);

    private static readonly AttentionTraits s_kernelized = s_local with { Module = "KernelizedSelfAttention" };

    public static AttentionTraits Of(LongT5Config config) => config.EncoderAttentionType switch
    {
        EncoderAttention.Local when config.Extensions.Kernelized is not null => s_kernelized,
        EncoderAttention.Local => s_local,
        EncoderAttention.TransientGlobal => s_transientGlobal,
        EncoderAttention.Full => s_full,
        _ => throw new ArgumentOutOfRangeException(nameof(config), config.EncoderAttentionType,
            "No kind of attention."),
    };
}
