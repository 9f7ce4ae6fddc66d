namespace LongT5.Training.Twin;

/// <summary>What is minimised.</summary>
public sealed record LossOptions
{
    /// <summary>Share of each label that is spread evenly over the vocabulary; [0, 1).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Weight of log(sum(exp(logits)))^2, which keeps the logits from drifting; T5X trains with 1e-4.</summary>
    public double ZLoss { get; init; }

    /// <summary>Share of activations that are dropped; 0 drops none.</summary>
    public double Dropout { get; init; }

    /// <summary>Of the dropout of this step: the same seed drops the same.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// What the sum over labels is divided by: null for their number, so that the loss is their mean. Where gradients
    /// of several batches are added, the number of labels of all of them.
    /// </summary>
    public double? Divisor { get; init; }

    /// <summary>Whether the encoder's error about how often a token stands in the input is computed too.</summary>
    public bool Counting { get; init; }
}
