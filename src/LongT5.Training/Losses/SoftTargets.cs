using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>
/// <c>weight T^2 KL(teacher || student)</c> of probabilities whose logits are divided by the temperature T.
/// </summary>
/// <remarks>Hinton et al., "Distilling the Knowledge in a Neural Network" (2015).</remarks>
sealed class SoftTargets(double temperature, double weight) : LogitTerm
{
    public override bool NeedsLogits => true;

    public override Tensor Sum(in LogitSlice slice)
    {
        var teacher = LogProbability(slice.Teacher!);
        return teacher.exp().mul_(teacher.sub(LogProbability(slice.Logits))).sum()
            .mul_(Number.Of(weight * temperature * temperature));
    }

    public override Tensor FactorOfProbability(in LogitSlice slice) => zeros_like(slice.LogSum);

    public override void AddRest(Tensor gradient, in LogitSlice slice)
        => gradient.add_(LogProbability(slice.Logits).exp_().sub_(LogProbability(slice.Teacher!).exp_()),
            Number.Of(weight * temperature));

    Tensor LogProbability(Tensor logits) => logits.div(Number.Of(temperature)).log_softmax(-1);
}
