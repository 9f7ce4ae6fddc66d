using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// <c>weight log(sum(exp(logits)))^2</c>, which keeps the logits from drifting; T5X trains with 1e-4.
/// </summary>
sealed class ZLoss(double weight) : LogitTerm
{
    public override Tensor Sum(in LogitSlice slice) => slice.LogSum.Squared().sum().mul_(Number.Of(weight));

    public override Tensor FactorOfProbability(in LogitSlice slice) => slice.LogSum.mul(Number.Of(2 * weight));
}
