using LongT5.Tasks.Labelling;

namespace LongT5.Tasks;

/// <summary>A label, and how sure the model is of it.</summary>
/// <param name="Label">The label.</param>
/// <param name="Score">Its probability, from 0 to 1; of a model that gives numbers, the number.</param>
public sealed record LabelScore(string Label, double Score);

/// <summary>What a model says of a whole text.</summary>
public sealed record Classification
{
    /// <summary>What it was asked.</summary>
    public required LabelProblem Problem { get; init; }

    /// <summary>
    /// The labels that the text has: the likeliest one, or all that reach the threshold; none where the model gives
    /// numbers.
    /// </summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Every label, the likeliest first; numbers in the order of the model's labels.</summary>
    public required IReadOnlyList<LabelScore> Scores { get; init; }

    /// <summary>Tokens that the model read, the prefix and the end token among them.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens at the end of the text that it did not read, because of a limit.</summary>
    public int DroppedTokens { get; init; }
}

/// <summary>Says which labels a text has, or which number, with a model that was trained for it.</summary>
/// <remarks>Safe for any number of threads at once, as the model is.</remarks>
public sealed class Classifier
{
    private readonly LongT5Model _model;
    private readonly HeadReader _reader;
    private readonly LabelOptions _options;

    /// <param name="model">A model with a head of whole texts (<see cref="ModelHead.Sequence"/>); it stays the
    /// caller's to dispose.</param>
    /// <param name="options">What is asked beside the text.</param>
    /// <exception cref="MissingHeadException">The model has another head.</exception>
    /// <exception cref="ArgumentException">A number out of its range.</exception>
    public Classifier(LongT5Model model, LabelOptions? options = null)
    {
        (_model, _options) = (model, options ?? new());
        _reader = new(model, ModelHead.Sequence, "sequence-classification", options);
    }

    /// <summary>Classifies a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    /// <exception cref="InsufficientMemoryException">The text is longer than memory holds.</exception>
    public Classification Classify(string text, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var ids = _reader.Ids(_reader.Prefix + text);
        var read = Math.Min(ids.Length, (_reader.MaxTokens ?? int.MaxValue) - 1);
        var scores = _reader.Score(ids.Take(read), cancellation);
        var labels = _model.Config.Labels;
        var problem = _model.Config.Problem;
        var shares = problem switch
        {
            LabelProblem.OneLabel => HeadReader.Shares(scores),
            LabelProblem.AnyLabels => [.. scores.Select(score => 1 / (1 + Math.Exp(-score)))],
            _ => [.. scores.Select(score => (double)score)],
        };
        var all = labels.Zip(shares, (label, share) => new LabelScore(label, share));
        LabelScore[] sorted = [.. problem == LabelProblem.Numbers ? all : all.OrderByDescending(one => one.Score)];
        return new()
        {
            Problem = problem,
            Scores = sorted,
            Labels = problem switch
            {
                LabelProblem.OneLabel => [sorted[0].Label],
                LabelProblem.AnyLabels =>
                    [.. sorted.Where(one => one.Score >= _options.Threshold).Select(one => one.Label)],
                _ => [],
            },
            InputTokens = read + 1,
            DroppedTokens = ids.Length - read,
        };
    }
}
