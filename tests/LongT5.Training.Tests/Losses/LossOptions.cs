using LongT5.Torch;
using LongT5.Training.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Losses;

/// <summary>How the loss of the words is taken in a test.</summary>
sealed record LossOptions(double LabelSmoothing = 0, double ZLoss = 0, double Dropout = 0, long Seed = 0,
    double? Divisor = null);

static class ModelLoss
{
    /// <summary>The loss of the words of a batch.</summary>
    public static Tensor Loss(this TorchModel model, Batch batch, LossOptions? options = null)
    {
        options ??= new();
        var words = new HeadLoss(new CrossEntropy(options.LabelSmoothing), new ZLoss(options.ZLoss));
        return words.Of(
            ForwardPass.Take(model, batch, options.Dropout, options.Seed) with { Divisor = options.Divisor });
    }
}
