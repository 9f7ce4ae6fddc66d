using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace LongT5.Torch.Mixers;

/// <summary>The heads of an attention, apart and together.</summary>
static class Heads
{
    /// <summary>
    /// [B, L, H D] -> [B H, L, D]: a view where there is one row, a copy where there are more, since a product of a
    /// batch wants one stride.
    /// </summary>
    [return: NotNullIfNotNull(nameof(tensor))]
    public static Tensor? Split(Tensor? tensor, long heads)
        => tensor?.view(tensor.shape[0], tensor.shape[1], heads, -1).transpose(1, 2)
            .reshape(tensor.shape[0] * heads, tensor.shape[1], -1);

    /// <summary>[B H, L, D] -> [B, L, H D]</summary>
    [return: NotNullIfNotNull(nameof(tensor))]
    public static Tensor? Join(Tensor? tensor, long heads)
        => tensor?.view(tensor.shape[0] / heads, heads, tensor.shape[1], -1).transpose(1, 2)
            .reshape(tensor.shape[0] / heads, tensor.shape[1], -1);
}
