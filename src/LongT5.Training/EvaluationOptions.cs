using System.Text.Json.Serialization;

namespace LongT5.Training;

/// <summary>A measurement on texts that are not trained on: those of each source.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Steps between measurements.</summary>
    public long Every { get; init; } = 500;

    /// <summary>Whether there is one before the first step, so that the end says what was gained.</summary>
    public bool AtStart { get; init; }

    /// <summary>Most rows of a source that are measured, spread evenly over those that there are; each once.</summary>
    public int Examples { get; init; } = 64;

    /// <summary>
    /// Rows, of those, on which the model writes and is compared by ROUGE, exact match and F1; 0 for none.
    /// </summary>
    public int Generate { get; init; }

    /// <summary>Beams with which it writes.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>What makes a model better than another, for sources that do not say it themselves.</summary>
    public Judge Best { get; init; }

    /// <summary>The source whose held-out texts decide; null for the mean of all that have some.</summary>
    public string? Of { get; init; }

    /// <summary>Measurements without a better model after which the run stops; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Tells of a number that no measurement can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void Check(TrainingOptions run)
    {
        Expect.Positive(Every, "every of the evaluation");
        Expect.Positive(Examples, "number of held-out examples");
        Expect.NotNegative(Generate, "generate of the evaluation");
        Expect.Positive(Beams, "number of beams");
        Expect.NotNegative(Patience, "patience");
        if (Beams > 1 && Generate == 0)
            throw new ArgumentException($"{Beams} beams (--beams) are to write on held-out rows, and it is not said on "
                + "how many (generate, --generate).");
        var held = run.Sources.Where(source => source.Value.IsMeasured).Select(source => source.Key).ToList();
        if (held.Count == 0 && this != new EvaluationOptions())
            throw new ArgumentException("How held-out texts are measured is said (evaluation), and there are none: "
                + "name some with --held-out, or as heldOut of a source.");
        foreach (var (name, source) in run.Sources)
            if (source.Metric is not null && !source.IsMeasured)
                throw new ArgumentException($"The source {name} has a metric, and no held-out texts (heldOut) to "
                    + $"measure on.");
        if (Of is { } of && !held.Contains(of))
            throw new ArgumentException($"The best model is to be chosen by the source {of}, which has no held-out "
                + $"texts; {(held.Count == 0 ? "no source has" : $"{string.Join(", ", held)} have")} some.");
        foreach (var judge in held.Count == 0 ? [Best] : held.Select(run.JudgeOf).Distinct()) Check(judge, run.Head);
        if (Of is null && held.Select(run.JudgeOf).Distinct().ToArray() is { Length: > 1 } judges
            && judges.Contains(Judge.Loss))
            throw new ArgumentException($"A mean of {string.Join(" and ", judges.Select(Judges.NameOf))} says nothing: "
                + $"say by which source the best model is chosen (evaluation: of), or judge all alike.");
    }

    void Check(Judge judge, HeadOptions? head)
    {
        if (head is not null)
        {
            if (Generate > 0) throw new ArgumentException($"The head {head.Name} writes no text; leave out generate.");
            if (judge != Judge.Loss && !head.Measures.Contains(judge))
                throw new ArgumentException($"The head {head.Name} is not measured by {Judges.NameOf(judge)}; it is by "
                    + $"loss, {string.Join(", ", head.Measures.Select(Judges.NameOf))}.");
        }
        else if (judge is not (Judge.Loss or Judge.Rouge or Judge.F1))
            throw new ArgumentException($"What a model writes is not measured by {Judges.NameOf(judge)}; it is by "
                + $"loss, rouge and f1. A head of labels is (--head).");
        else if (judge != Judge.Loss && Generate == 0)
            throw new ArgumentException($"The best model is to be chosen by {(judge == Judge.Rouge ? "ROUGE" : "F1")}, "
                + $"but on no example does the model write (evaluation: generate).");
    }
}

/// <summary>By what the best model of a run is chosen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Judge>))]
public enum Judge
{
    /// <summary>The least loss.</summary>
    [JsonStringEnumMemberName("loss")]
    Loss,

    /// <summary>The highest mean of ROUGE-1, 2 and L.</summary>
    [JsonStringEnumMemberName("rouge")]
    Rouge,

    /// <summary>The highest F1: of the words of answers, of classes on average, of entities.</summary>
    [JsonStringEnumMemberName("f1")]
    F1,

    /// <summary>The most texts whose labels are right.</summary>
    [JsonStringEnumMemberName("accuracy")]
    Accuracy,

    /// <summary>The most answers that are right to the last letter, as SQuAD counts them.</summary>
    [JsonStringEnumMemberName("exact-match")]
    ExactMatch,

    /// <summary>The highest correlation of numbers.</summary>
    [JsonStringEnumMemberName("pearson")]
    Pearson,

    /// <summary>The highest correlation of their ranks.</summary>
    [JsonStringEnumMemberName("spearman")]
    Spearman,
}

/// <summary>The names of judges.</summary>
static class Judges
{
    /// <summary>As options have it.</summary>
    public static string NameOf(Judge judge) => judge switch
    {
        Judge.ExactMatch => "exact-match",
        _ => judge.ToString().ToLowerInvariant(),
    };
}

/// <summary>Which model of a run is its result.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KeptModel>))]
public enum KeptModel
{
    /// <summary>The best one on the held-out texts; where there are none, the last.</summary>
    [JsonStringEnumMemberName("best")]
    Best,

    /// <summary>The last one.</summary>
    [JsonStringEnumMemberName("last")]
    Last,
}
