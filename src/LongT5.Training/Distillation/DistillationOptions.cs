namespace LongT5.Training.Distillation;

/// <summary>A teacher, and what a student learns of it.</summary>
public sealed record DistillationOptions
{
    /// <summary>The checkpoint that teaches: a folder, or a name of the hub. It stays as it is.</summary>
    public required string Teacher { get; init; }

    /// <summary>What logits are divided by before teacher and student are compared; above 0.</summary>
    public double Temperature { get; init; } = 2;

    /// <summary>
    /// The teacher's share of the loss of the words: <c>alpha T^2 KL(teacher || student) + (1 - alpha) CE</c>.
    /// </summary>
    public double Alpha { get; init; } = 0.5;

    /// <summary>
    /// Weight of <c>1 - cos(student, teacher)</c> of the states behind each layer, of both stacks; 0 for none.
    /// </summary>
    public double HiddenStates { get; init; }

    /// <summary>Weight of <c>KL(teacher || student)</c> of where the decoder's layers look; 0 for none.</summary>
    public double CrossAttention { get; init; }

    /// <summary>
    /// The teacher's layer for each one of the student's encoder, from 0; null for evenly spaced ones, the last for the
    /// last.
    /// </summary>
    public int[]? EncoderLayers { get; init; }

    /// <summary>The same of the decoder.</summary>
    public int[]? DecoderLayers { get; init; }

    /// <summary>
    /// A file in which the engine keeps the teacher's answers, so that each is computed once; null to ask the teacher
    /// anew in every step.
    /// </summary>
    public string? Answers { get; init; }

    /// <summary>Logits of each position that <see cref="Answers"/> keeps: the best ones, and the rest as one.</summary>
    public int Kept { get; init; } = 32;

    /// <summary>Whether anything between input and output is compared.</summary>
    internal bool SeesLayers => HiddenStates > 0 || CrossAttention > 0;

    /// <summary>Tells of what no run can have.</summary>
    /// <exception cref="ArgumentException">There is such a thing.</exception>
    internal void Check(TrainingOptions run)
    {
        if (string.IsNullOrWhiteSpace(Teacher))
            throw new ArgumentException("The teacher has no name: give a folder or a name of the hub with --teacher.");
        if (run.Head is not null)
            throw new ArgumentException("A teacher is compared by the words that it would write, and a head of labels "
                + "writes none: leave out head or distillation.");
        Expect.Positive(Temperature, "temperature of the teacher");
        Expect.Part(Alpha, "alpha of the distillation");
        Expect.NotNegative(HiddenStates, "weight of the hidden states");
        Expect.NotNegative(CrossAttention, "weight of the cross attention");
        Expect.Positive(Kept, "number of logits that are kept");
        if (Alpha == 0 && !SeesLayers)
            throw new ArgumentException("With an alpha of 0, and neither hiddenStates nor crossAttention, nothing is "
                + "learned from the teacher; leave it out.");
        if (Answers is not null && SeesLayers)
            throw new ArgumentException($"The answers that are kept ({Answers}) are logits, and "
                + $"{(HiddenStates > 0 ? "hiddenStates" : "crossAttention")} wants what lies between; give one of the "
                + "two.");
        if (CrossAttention > 0 && (run.Recompute ?? run.Adapter is not null))
            throw new ArgumentException("crossAttention wants the attention that recompute does not keep; leave one of "
                + "them out (recompute is done with an adapter, unless it is false).");
    }
}
