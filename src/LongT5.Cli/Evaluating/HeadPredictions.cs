using System.Globalization;
using LongT5.Data;
using LongT5.Formats;
using LongT5.Tasks;

namespace LongT5.Cli.Evaluating;

/// <summary>What a head of labels says of examples, as the targets of their task are written.</summary>
sealed class HeadPredictions
{
    private readonly Func<Example, CancellationToken, GeneratedText> _predict;

    /// <param name="model">A model with such a head.</param>
    /// <param name="task">The task.</param>
    /// <param name="options">What the call says.</param>
    /// <exception cref="Failure">The head is for another task.</exception>
    public HeadPredictions(LongT5Model model, DataTask task, LabelOptions options)
    {
        var fits = (model.Engine.Head, model.Config.Problem, task.Metric) switch
        {
            (ModelHead.Tokens, _, TaskMetric.Entities) or (ModelHead.Spans, _, TaskMetric.Squad) => true,
            (ModelHead.Sequence, LabelProblem.OneLabel, TaskMetric.Classes) => true,
            (ModelHead.Sequence, LabelProblem.AnyLabels, TaskMetric.Labels) => true,
            (ModelHead.Sequence, LabelProblem.Numbers, TaskMetric.Numbers) => true,
            _ => false,
        };
        if (!fits)
            throw Failure.Usage($"the head of {model.Path} ({Said(model)}) is not for {task.Name}; "
                + "classes, labels, numbers, entities and answers are tasks of heads.");
        _predict = model.Engine.Head switch
        {
            ModelHead.Tokens => Tags(new(model, options)),
            ModelHead.Spans => Answers(new(model, new()
            {
                Prefix = options.Prefix,
                MaxInputTokens = options.MaxInputTokens,
            })),
            _ => Labels(new(model, options)),
        };
    }

    /// <summary>What it says of one.</summary>
    public GeneratedText Of(Example example, CancellationToken stop) => _predict(example, stop);

    /// <summary>The same example with names of labels where the data set gives their numbers, as training reads it.
    /// </summary>
    public static Example Named(Example example, TaskMetric metric, IReadOnlyList<string> labels)
    {
        return metric switch
        {
            TaskMetric.Classes => example with { Targets = [.. example.Targets.Select(Name)] },
            TaskMetric.Labels => example with { Targets = [.. example.Targets.Select(target => Each(target, ';'))] },
            TaskMetric.Entities => example with { Targets = [.. example.Targets.Select(target => Each(target, ' '))] },
            _ => example,
        };

        string Each(string target, char between) => string.Join(between, target.Split(between).Select(Name));

        string Name(string label) => LabelNames.NumberOf(labels, label) is >= 0 and var number ? labels[number] : label;
    }

    private static Func<Example, CancellationToken, GeneratedText> Labels(Classifier classifier) => (example, stop) =>
    {
        // A question stands before its text, as it did where the model was trained with a prefix of columns.
        var said = classifier.Classify(example.Input, stop);
        return new()
        {
            Text = said.Problem == LabelProblem.Numbers
                ? said.Scores[0].Score.ToString("G9", CultureInfo.InvariantCulture) : string.Join(';', said.Labels),
            InputTokens = said.InputTokens,
            DroppedTokens = said.DroppedTokens,
        };
    };

    private static Func<Example, CancellationToken, GeneratedText> Tags(Tagger tagger) => (example, stop) =>
    {
        var (tags, read) = tagger.TagWords(example.Document, example.Words!, stop);
        return new() { Text = string.Join(' ', tags.Select(tag => tag.Label)), InputTokens = read.InputTokens };
    };

    private static Func<Example, CancellationToken, GeneratedText> Answers(Extractor extractor) => (example, stop) =>
    {
        var answer = extractor.Extract(example.Question!, example.Document, stop);
        return new() { Text = answer.Text ?? "", InputTokens = answer.InputTokens };
    };

    private static string Said(LongT5Model model) => model.Engine.Head.NameOf(model.Config.Problem);
}
