using LongT5.Torch.Mixers;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>What all sub-layers of a stack need in one pass besides the states.</summary>
sealed record StackPass
{
    /// <summary>Who sees whom in the stack.</summary>
    public required AttentionPattern Self { get; init; }

    /// <summary>What the decoder sees of the encoder; null in the encoder.</summary>
    public AttentionPattern? Cross { get; init; }

    /// <summary>The encoder's output, [B, Lk, C]; null in the encoder.</summary>
    public Tensor? Memory { get; init; }

    /// <summary>
    /// Gets the logarithm of each layer's attention to the memory, where someone wants it; not of layers that are
    /// computed again on the way back.
    /// </summary>
    public List<Tensor>? Looks { get; init; }

    /// <summary>Those of its tensors that may have gradients.</summary>
    public Tensor?[] Tensors => [Memory, Self.Bias, Self.GlobalBias, Self.FarBias];

    /// <summary>The same pass, unseen, with others in the place of <see cref="Tensors"/>.</summary>
    public StackPass With(ReadOnlySpan<Tensor?> tensors)
        => this with
        {
            Looks = null,
            Memory = tensors[0],
            Self = Self with { Bias = tensors[1], GlobalBias = tensors[2], FarBias = tensors[3] },
        };
}
