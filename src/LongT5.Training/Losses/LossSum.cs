using LongT5.Torch.Native;
using LongT5.Training.Distillation;
using static TorchSharp.torch;

namespace LongT5.Training.Losses;

/// <summary>What a run minimises: the loss of words or of labels, and whatever else its options ask for.</summary>
sealed class LossSum(LossTerm words, params IReadOnlyList<LossTerm> others)
{
    /// <summary>The terms of a run.</summary>
    /// <param name="options">The run.</param>
    /// <param name="distiller">Its teacher, where it has one.</param>
    public static LossSum Of(TrainingOptions options, Distiller? distiller) => new(
        options.Head is { } head ? new LabelLoss(head.Kind) : new HeadLoss([.. Words(options)]),
        [.. Others(options), .. distiller?.Terms() ?? []]);

    static IEnumerable<LogitTerm> Words(TrainingOptions options)
    {
        yield return new CrossEntropy(options.LabelSmoothing, 1 - (options.Distillation?.Alpha ?? 0));
        if (options.Distillation is { Alpha: > 0 } teaching)
            yield return new SoftTargets(teaching.Temperature, teaching.Alpha);
        if (options.ZLoss != 0) yield return new ZLoss(options.ZLoss);
    }

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
