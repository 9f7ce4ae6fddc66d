using System.Globalization;
using LongT5.Evaluation;

namespace LongT5.Data.Scoring;

/// <summary>How a system's predictions score: measures with intervals, and what they are like.</summary>
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
        TaskMetric metric, RougeProfile profile, IReadOnlyList<Example> examples, IReadOnlyList<string> predictions,
        CancellationToken cancellation = default)
    {
        if (examples.Count != predictions.Count)
            throw new ArgumentException($"There are {examples.Count} examples and {predictions.Count} predictions.",
                nameof(predictions));
        var targets = examples.Select(example => example.Targets).ToList();
        var each = OfEach(metric, profile, targets, predictions, cancellation);
        var bootstrap = new Bootstrap();
        return new Scores
        {
            Measures = [.. each.Select(measure => (measure.Name, bootstrap.Of(measure.Values)))],
            Figures = metric switch
            {
                TaskMetric.Rouge => Traits(examples, predictions),
                TaskMetric.Translation => [("bleu", Bleu.Corpus(predictions, targets)),
                    ("chrf", ChrF.Corpus(predictions, targets))],
                TaskMetric.Classes =>
                    [("macro_f1", 100 * Classification.MacroF1([.. predictions.Select(Label)],
                        [.. targets.Select(right => Label(right[0]))]))],
                TaskMetric.Labels => OfLabels(targets, predictions),
                TaskMetric.Numbers => OfNumbers(targets, predictions),
                TaskMetric.Entities => OfEntities(targets, predictions),
                _ => [],
            },
            Each = each,
        };
    }

    /// <summary>The first measure of one prediction, for a score that runs along.</summary>
    public static (string Name, double Value) First(TaskMetric metric, RougeProfile profile, Example example,
        string prediction)
    {
        var (name, values) = OfEach(metric, profile, [example.Targets], [prediction], default)[0];
        return (name, values[0]);
    }

    /// <summary>
    /// How much better these are than those of another system on the same examples: by
    /// the paired bootstrap, measure by measure.
    /// </summary>
    /// <param name="name">What to call the other system.</param>
    /// <param name="other">Its scores.</param>
    public SystemComparison Against(string name, Scores other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(name, [.. Each.Zip(other.Each, (ours, theirs) =>
            new Difference(ours.Name, theirs.Values.Average(), new Bootstrap().Compare(theirs.Values, ours.Values)))]);
    }

    private static List<(string Name, double[] Values)> OfEach(
        TaskMetric metric, RougeProfile profile, IReadOnlyList<IReadOnlyList<string>> targets,
        IReadOnlyList<string> predictions, CancellationToken cancellation) => metric switch
        {
            TaskMetric.Rouge => OfRouge(profile, targets, predictions, cancellation),
            TaskMetric.Squad => OfAnswers(AnswerStyle.Squad, targets, predictions),
            TaskMetric.TriviaQa => OfAnswers(AnswerStyle.TriviaQa, targets, predictions),
            TaskMetric.Labels => [("exact", [.. predictions.Zip(targets, (said, right)
                => Labels(said).ToHashSet().SetEquals(Labels(right[0])) ? 100.0 : 0)])],
            TaskMetric.Numbers => [("squared_error", [.. predictions.Zip(targets, (said, right)
                => Math.Pow(Number(said) - Number(right[0]), 2))])],
            TaskMetric.Entities => [("sentences_right", [.. predictions.Zip(targets, (said, right)
                => EntityF1.Entities(Tags(said)).SequenceEqual(EntityF1.Entities(Tags(right[0]))) ? 100.0 : 0)])],
            TaskMetric.Translation =>
                [("sentence_chrf", [.. predictions.Zip(targets, (said, right) => ChrF.Corpus([said], [right]))])],
            _ =>
                [("accuracy",
                    [.. predictions.Zip(targets, (said, right) => Label(said) == Label(right[0]) ? 100.0 : 0)])],
        };

    private static (string, double)[] OfLabels(
        IReadOnlyList<IReadOnlyList<string>> targets, IReadOnlyList<string> predictions)
    {
        var (micro, macro) = Classification.F1([.. predictions.Select(Labels)],
            [.. targets.Select(right => Labels(right[0]))]);
        return [("micro_f1", 100 * micro), ("macro_f1", 100 * macro)];
    }

    private static (string, double)[] OfNumbers(
        IReadOnlyList<IReadOnlyList<string>> targets, IReadOnlyList<string> predictions)
    {
        double[] said = [.. predictions.Select(Number)], right = [.. targets.Select(target => Number(target[0]))];
        return [("pearson", Correlation.Pearson(said, right)), ("spearman", Correlation.Spearman(said, right))];
    }

    private static (string, double)[] OfEntities(
        IReadOnlyList<IReadOnlyList<string>> targets, IReadOnlyList<string> predictions)
    {
        IReadOnlyList<string>[] said = [.. predictions.Select(Tags)], right = [.. targets.Select(one => Tags(one[0]))];
        var all = EntityF1.Score(said, right);
        return
        [
            ("precision", 100 * all.Precision), ("recall", 100 * all.Recall), ("f1", 100 * all.F1),
            .. EntityF1.ByType(said, right).Select(type => ($"f1_{type.Key}", 100 * type.Value.F1)),
        ];
    }

    private static List<(string, double[])> OfRouge(
        RougeProfile profile, IReadOnlyList<IReadOnlyList<string>> targets, IReadOnlyList<string> predictions,
        CancellationToken cancellation)
    {
        var scores = new Rouge(profile).ScoreAll(
            [.. targets.Select(
                some => (IReadOnlyList<string>)[.. some.Select(target => RougeTexts.Reference(profile, target))])],
            [.. predictions.Select(prediction => RougeTexts.Prediction(profile, prediction))], cancellation);
        return [
            .. profile.Measures.Select(measure => (measure, scores.Select(score => profile.Factor * score[measure].F)
                .ToArray()))];
    }

    private static List<(string, double[])> OfAnswers(AnswerStyle style, IReadOnlyList<IReadOnlyList<string>> targets,
        IReadOnlyList<string> predictions) =>
    [
        ("exact_match", [.. predictions.Zip(targets, (said, right) => AnswerMatch.Exact(said, right, style)
            ? 100.0 : 0)]),
        ("f1", [.. predictions.Zip(targets, (said, right) => 100 * AnswerMatch.F1(said, right, style))]),
    ];

    /// <summary>What summaries are like beside their documents, on average.</summary>
    private static List<(string, double)> Traits(IReadOnlyList<Example> examples, IReadOnlyList<string> predictions)
    {
        var traits = examples.Zip(predictions, (example, prediction) => SummaryTraits.Of(example.Document, prediction))
            .ToList();
        return
        [
            ("words", traits.Average(one => one.Words)),
            ("sentences", traits.Average(one => one.SentenceCount)),
            ("compression", traits.Average(one => one.Compression)),
            .. Enumerable.Range(0, 4)
                .Select(i => ($"novel_{i + 1}_grams", 100 * traits.Average(one => one.Novelty[i]))),
            ("repeated_3_grams", 100 * traits.Average(one => one.Repetition)),
            ("copied_sentences", 100 * traits.Average(one => one.CopiedSentences)),
            ("second_half", 100 * traits.Average(one => one.SecondHalf)),
        ];
    }

    private static string[] Labels(string text)
        => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Tags(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) ? number : throw new ArgumentException(
                $"A prediction or a target is {text}, where a number is expected (with a point, not a comma).");

    private static string Label(string text) => text.Trim().TrimEnd('.').ToLowerInvariant();
}
