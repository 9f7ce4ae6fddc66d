namespace LongT5.Training;

/// <summary>A part of the run with lengths of its own.</summary>
public sealed record StageOptions
{
    /// <summary>Share of the run's steps, against the shares of the other stages.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Most tokens of an input, its end token included.</summary>
    public int Input { get; init; } = 4096;

    /// <summary>Most tokens of a target, its end token included.</summary>
    public int Target { get; init; } = 512;

    /// <summary>Examples that are computed at once.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Batches whose gradients are added before a step.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>How often each source is drawn, by its name; null for what the mixture of the run says.</summary>
    public Dictionary<string, double>? Rates { get; init; }
}

/// <summary>From short to long: the run goes through stages, each with a room of its own.</summary>
public sealed record LengthCurriculum
{
    /// <summary>The parts of the run, in order; one of them is no curriculum.</summary>
    public StageOptions[] Stages { get; init; } = [new()];
}

/// <summary>What is drawn when: from short to long, from easy to difficult; both, one or neither.</summary>
public sealed record Curriculum
{
    /// <summary>How long examples may be in each part of the run.</summary>
    public LengthCurriculum Length { get; init; } = new();

    /// <summary>Which of them are drawn from, the easy ones first; null for all from the start.</summary>
    public Competence? Difficulty { get; init; }

    /// <summary>A curriculum of these stages alone.</summary>
    public static Curriculum Of(params StageOptions[] stages) => new() { Length = new() { Stages = stages } };

    /// <summary>Tells of a number that no curriculum can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void Check()
    {
        Expect.Positive(Length.Stages.Length, "number of stages");
        foreach (var (i, stage) in Length.Stages.Index())
        {
            Expect.Positive(stage.Batch, $"batch of stage {i + 1}");
            Expect.Positive(stage.Accumulate, $"accumulate of stage {i + 1}");
            Expect.Positive(stage.Share, $"share of stage {i + 1}");
            Expect.Positive(stage.Input - 1, $"input of stage {i + 1}, less its end token,");
            Expect.Positive(stage.Target - 1, $"target of stage {i + 1}, less its end token,");
            foreach (var (name, rate) in stage.Rates ?? []) Expect.NotNegative(rate,
                $"rate of {name} in stage {i + 1}");
        }
        Difficulty?.Check();
    }
}
