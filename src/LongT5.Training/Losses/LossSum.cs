using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>What a run minimises: the loss of words or of labels, and whatever else its options ask for.</summary>
sealed class LossSum(LossTerm words, params IReadOnlyList<LossTerm> others)
{
    /// <summary>The terms of a run.</summary>
    public static LossSum Of(TrainingOptions options) => new(
        options.Head is { } head ? new LabelLoss(head.Kind) : new HeadLoss(options.ZLoss == 0
            ? [new CrossEntropy(options.LabelSmoothing)]
            : [new CrossEntropy(options.LabelSmoothing), new ZLoss(options.ZLoss)]),
        [.. Others(options)]);

    static IEnumerable<LossTerm> Others(TrainingOptions options)
    {
        if (options.Salience > 0) yield return new SalienceLoss { Weight = options.Salience };
        if (options.TermFrequency > 0) yield return new TermFrequencyLoss { Weight = options.TermFrequency };
    }

    /// <summary>The sum of all terms, for <see cref="Torch.TorchModel.Backward"/>, and the value of each.</summary>
    public (Tensor Sum, double Words, IReadOnlyDictionary<string, double> Others) Of(ForwardPass pass)
    {
        var sum = words.Of(pass)!;
        var loss = sum.item<float>();
        var values = new Dictionary<string, double>();
        foreach (var term in others)
        {
            if (term.Of(pass) is not { } value) continue;
            values[term.Name] = value.item<float>();
            sum = sum.add(value, Number.Of(term.Weight));
        }
        return (sum, loss, values);
    }
}
