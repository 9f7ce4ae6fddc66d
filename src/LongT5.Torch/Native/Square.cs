using static TorchSharp.torch;

namespace LongT5.Torch.Native;

/// <summary>The square of a tensor.</summary>
static class Square
{
    /// <summary>
    /// Each number times itself: to the last bit what <c>square</c> gives, which TorchSharp computes as a power, making
    /// a number at every call that the collector may free too early (see <see cref="Number"/>).
    /// </summary>
    public static Tensor Squared(this Tensor tensor) => tensor.mul(tensor);
}
