using System.Text.Json;
using System.Text.Json.Serialization;

namespace LongT5.Training.Tuning;

/// <summary>How the options of a trial are chosen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SamplerKind>))]
public enum SamplerKind
{
    /// <summary>Where good trials lie and bad ones do not; see <see cref="Parzen"/>.</summary>
    [JsonStringEnumMemberName("tpe")]
    Tpe,

    /// <summary>Evenly over the space.</summary>
    [JsonStringEnumMemberName("random")]
    Random,
}

/// <summary>What one field of a run's options may be: a range, or one of several values.</summary>
public sealed record Dimension
{
    /// <summary>The least value of a range.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest value of a range.</summary>
    public double? Max { get; init; }

    /// <summary>Whether a range is even in the logarithm of its values.</summary>
    public bool Log { get; init; }

    /// <summary>The values, of any kind, in place of a range; null leaves the field out.</summary>
    public JsonElement[]? Choices { get; init; }

    /// <summary>Tells of what is no dimension.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    internal void Check(string name)
    {
        if (Choices is { } choices)
        {
            if (Min is not null || Max is not null || Log)
                throw new ArgumentException($"{name} has choices and a range (min, max, log); give one of them.");
            if (choices.Length == 0) throw new ArgumentException($"{name} has no choices.");
            return;
        }
        if (Min is not { } min || Max is not { } max)
            throw new ArgumentException($"{name} wants a range (min and max) or choices.");
        if (!(min < max) || !double.IsFinite(max - min))
            throw new ArgumentException($"The range of {name} goes from {min} to {max}; less to more was expected.");
        if (Log && min <= 0) throw new ArgumentException($"The range of {name} begins at {min}, which has no "
            + "logarithm; more than 0 was expected.");
    }
}

/// <summary>Successive halving: all trials begin with few steps, and the best of them go on.</summary>
public sealed record HalvingOptions
{
    /// <summary>Of so many trials one goes on, with as many times the steps.</summary>
    public int Factor { get; init; } = 3;

    /// <summary>Steps that every trial takes, or more.</summary>
    public required long Least { get; init; }
}

/// <summary>A search for the options of a run.</summary>
public sealed record TuningOptions
{
    /// <summary>The folder that it writes: trials, a table, a drawing, the best options.</summary>
    public string Output { get; init; } = "tuned";

    /// <summary>The run: options as <c>longt5 train</c> takes them. The first trial is the run as it stands.</summary>
    public required TrainingOptions Run { get; init; }

    /// <summary>
    /// What fields of the run may be, by names such as <c>optimizer.rate</c> or
    /// <c>curriculum.length.stages[0].batch</c>.
    /// </summary>
    public required Dictionary<string, Dimension> Space { get; init; }

    /// <summary>Most trials, the first among them.</summary>
    public int Trials { get; init; } = 20;

    /// <summary>Hours of finished trials after which none begins; null for no limit.</summary>
    public double? Hours { get; init; }

    /// <summary>How the options of a trial are chosen.</summary>
    public SamplerKind Sampler { get; init; }

    /// <summary>Trials that are chosen evenly before those that have been tell where to look.</summary>
    public int StartUp { get; init; } = 8;

    /// <summary>Whether trials begin with few steps; null takes each to its end.</summary>
    public HalvingOptions? Halving { get; init; }

    /// <summary>What the choices come from; each trial has the seed of the run.</summary>
    public long Seed { get; init; }

    /// <summary>Tells of what no search can have.</summary>
    /// <exception cref="ArgumentException">There is something.</exception>
    internal void Check()
    {
        Expect.Positive(Trials, "number of trials");
        Expect.Positive(StartUp, "startUp");
        if (Hours is { } hours) Expect.Positive(hours, "number of hours");
        if (Space.Count == 0) throw new ArgumentException("There is nothing to search in: space names fields of the "
            + "run, such as \"optimizer.rate\": {\"min\": 1e-4, \"max\": 1e-2, \"log\": true}.");
        foreach (var (name, dimension) in Space)
        {
            dimension.Check(name);
            if (s_ruling.FirstOrDefault(part => IsPart(name, part)) is { } ruling)
                throw new ArgumentException($"{name} is nothing to search in: {ruling} says where trials lie or what "
                    + "they are compared by.");
        }
        if (Run.Sources.Values.All(source => !source.IsMeasured))
            throw new ArgumentException("Trials are compared on held-out texts, and the run has none: give a source "
                + "some (heldOut).");
        Run.Check();
        if (Halving is not { } halving) return;
        Expect.AtLeast(2, halving.Factor, "factor of the halving");
        Expect.Positive(halving.Least, "least of the halving");
        if (Run.Epochs is not null || Space.Keys.FirstOrDefault(name => name is "steps" or "epochs") is not null)
            throw new ArgumentException("Halving counts in steps, the same for all trials: give the run steps rather "
                + "than epochs, and leave both out of the space.");
        if (halving.Least < Run.Evaluation.Every)
            throw new ArgumentException($"Halving compares trials after {halving.Least} steps (least), and the first "
                + $"measurement is after {Run.Evaluation.Every} (evaluation: every).");
    }

    static readonly string[] s_ruling = ["output", "evaluation", "keep", "heldOut", "holdOut", "metric"];

    static bool IsPart(string name, string part)
        => name == part || name.StartsWith($"{part}.", StringComparison.Ordinal)
            || name.StartsWith("sources.", StringComparison.Ordinal)
                && (name.EndsWith($".{part}", StringComparison.Ordinal)
                    || name.Contains($".{part}[", StringComparison.Ordinal));
}
