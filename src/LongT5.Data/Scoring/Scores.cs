using LongT5.Evaluation;

namespace LongT5.Data.Scoring;

/// <summary>What a system's predictions are worth: measures with intervals, and what they are like.</summary>
public sealed record Scores
{
    /// <summary>The measures of the task by name, each with its bootstrap interval.</summary>
    public required IReadOnlyList<(string Name, Interval Interval)> Measures { get; init; }

    /// <summary>Figures of the whole that have no interval.</summary>
    public required IReadOnlyList<(string Name, double Value)> Figures { get; init; }

    /// <summary>Each example's score by the first measure and the others, for comparing two systems.</summary>
    public required IReadOnlyList<(string Name, double[] Values)> Each { get; init; }

    /// <summary>Scores predictions, one for each example, in the same order.</summary>
    /// <param name="metric">How the task judges.</param>
    /// <param name="profile">Which ROUGE, for tasks that use it.</param>
    /// <param name="examples">What was asked.</param>
    /// <param name="predictions">What was written.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static Scores Of(
        TaskMetric metric, RougeProfile profile, IReadOnlyList<Example> examples, IReadOnlyList<string> predictions, CancellationToken cancellation = default)
    {
        if (examples.Count != predictions.Count)
            throw new ArgumentException($"There are {examples.Count} examples and {predictions.Count} predictions.", nameof(predictions));
        var targets = examples.Select(example => example.Targets).ToList();
        List<(string Name, double[] Values)> each = metric switch
        {
            TaskMetric.Rouge => OfRouge(profile, targets, predictions, cancellation),
            TaskMetric.Squad => OfAnswers(AnswerStyle.Squad, targets, predictions),
            TaskMetric.TriviaQa => OfAnswers(AnswerStyle.TriviaQa, targets, predictions),
            _ => [("accuracy", [.. predictions.Zip(targets, (said, right) => Label(said) == Label(right[0]) ? 100.0 : 0)])],
        };
        var bootstrap = new Bootstrap();
        return new Scores
        {
            Measures = [.. each.Select(measure => (measure.Name, bootstrap.Of(measure.Values)))],
            Figures = metric switch
            {
                TaskMetric.Rouge => Traits(examples, predictions),
                TaskMetric.Classes => [("macro_f1", 100 * Classification.MacroF1([.. predictions.Select(Label)], [.. targets.Select(right => Label(right[0]))]))],
                _ => [],
            },
            Each = each,
        };
    }

    private static List<(string, double[])> OfRouge(
        RougeProfile profile, List<IReadOnlyList<string>> targets, IReadOnlyList<string> predictions, CancellationToken cancellation)
    {
        var scores = new Rouge(profile).ScoreAll(targets, predictions, cancellation);
        return [.. profile.Measures.Select(measure => (measure, scores.Select(score => profile.Factor * score[measure].F).ToArray()))];
    }

    private static List<(string, double[])> OfAnswers(AnswerStyle style, List<IReadOnlyList<string>> targets, IReadOnlyList<string> predictions) =>
    [
        ("exact_match", [.. predictions.Zip(targets, (said, right) => AnswerMatch.Exact(said, right, style) ? 100.0 : 0)]),
        ("f1", [.. predictions.Zip(targets, (said, right) => 100 * AnswerMatch.F1(said, right, style))]),
    ];

    /// <summary>What summaries are like beside their documents, on average.</summary>
    private static List<(string, double)> Traits(IReadOnlyList<Example> examples, IReadOnlyList<string> predictions)
    {
        var traits = examples.Zip(predictions, (example, prediction) => SummaryTraits.Of(example.Document, prediction)).ToList();
        return
        [
            ("words", traits.Average(one => one.Words)),
            ("compression", traits.Average(one => one.Compression)),
            ("novel_1_grams", 100 * traits.Average(one => one.Novelty[0])),
            ("novel_4_grams", 100 * traits.Average(one => one.Novelty[3])),
            ("repeated_3_grams", 100 * traits.Average(one => one.Repetition)),
            ("copied_sentences", 100 * traits.Average(one => one.CopiedSentences)),
        ];
    }

    private static string Label(string text) => text.Trim().TrimEnd('.').ToLowerInvariant();
}
