namespace LongT5.Training;

/// <summary>
/// Where a run stands: with the weights and the optimizer's memory, all that its continuation depends on.
/// </summary>
/// <remarks>
/// Batches and dropout are functions of the seed and the step, so that no random generator is among it.
/// </remarks>
sealed record TrainingState
{
    /// <summary>Steps that were taken.</summary>
    public long Step { get; init; }

    /// <summary>Tokens that the encoder read, without padding.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens that the decoder learned to write.</summary>
    public long TargetTokens { get; init; }

    /// <summary>Seconds of work.</summary>
    public double Seconds { get; init; }

    /// <summary>Batches that were passed over because something was no number.</summary>
    public int Skipped { get; init; }

    /// <summary>The step after which the model was best on the held-out texts.</summary>
    public long? BestStep { get; init; }

    /// <summary>What that was measured by: the loss, the mean of ROUGE, or F1.</summary>
    public double? Best { get; init; }

    /// <summary>The same of the last measurement.</summary>
    public double? Last { get; init; }

    /// <summary>Measurements since the best one.</summary>
    public int WithoutBetter { get; init; }

    /// <summary>SHA-256 of the rows of every source, by its name.</summary>
    public Dictionary<string, string> Fingerprints { get; init; } = [];

    /// <summary>SHA-256 of the held-out rows.</summary>
    public string? HeldOutFingerprint { get; init; }
}
