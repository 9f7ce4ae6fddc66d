using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>The means of groups of tokens, once after the encoder; padding counts for nothing.</summary>
static class Pooling
{
    /// <param name="states">[B, L, C]</param>
    /// <param name="batch">The inputs.</param>
    /// <param name="stride">Tokens of a group; 1 leaves the states as they are.</param>
    /// <returns>[B, ceil(L / stride), C]</returns>
    public static Tensor Mean(Tensor states, Batch batch, int stride)
    {
        if (stride == 1) return states;
        using var scope = NewDisposeScope();
        var (rows, length, groups) = (states.shape[0], states.shape[1], batch.EncodedLength);
        var real = batch.InputMask is { } mask
            ? mask.view(rows, length, 1).eq(Number.Of(0)).to_type(ScalarType.Float32)
            : ones(rows, length, 1, device: states.device);
        return Sums(states.mul(real)).div(Sums(real).clamp_min(Number.Of(1))).MoveToOuterDisposeScope();

        Tensor Sums(Tensor tokens)
            => nn.functional.pad(tokens, [0, 0, 0, (long)groups * stride - length])
                .view(rows, groups, stride, -1).sum([2L]);
    }
}
