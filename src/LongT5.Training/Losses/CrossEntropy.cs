using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// <c>-log p(label)</c>, and of every other word a little: <c>logSum - (1 - s) logit[label] - s mean(logits)</c>.
/// </summary>
/// <param name="smoothing">s: the share of each label that is spread evenly over the vocabulary; [0, 1).</param>
/// <param name="weight">What the term counts for.</param>
sealed class CrossEntropy(double smoothing = 0, double weight = 1) : LogitTerm
{
    public override Tensor Sum(in LogitSlice slice)
    {
        var sum = slice.LogSum.sum().sub_(slice.Logits.gather(1, slice.Label).sum().mul(Number.Of(1 - smoothing)));
        if (smoothing != 0) sum.sub_(slice.Logits.mean([-1]).sum().mul(Number.Of(smoothing)));
        return sum.mul_(Number.Of(weight));
    }

    public override Tensor FactorOfProbability(in LogitSlice slice)
        => full_like(slice.LogSum, Number.Of(weight));

    public override void AddRest(Tensor gradient, in LogitSlice slice)
    {
        if (smoothing != 0) gradient.sub_(Number.Of(weight * smoothing / gradient.shape[1]));
        gradient.scatter_add_(1, slice.Label,
            full_like(slice.Label, weight * (smoothing - 1), dtype: ScalarType.Float32));
    }
}
