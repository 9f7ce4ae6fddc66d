using LongT5.Evaluation;
using LongT5.Generation;
using LongT5.Text;
using LongT5.Torch;
using LongT5.Training.Data;
using LongT5.Training.Losses;
using static TorchSharp.torch;

namespace LongT5.Training;

/// <summary>How well a model does on held-out examples.</summary>
/// <param name="Loss">The mean loss of a label, without label smoothing, z-loss and dropout.</param>
/// <param name="Salience">The mean square error of the encoder's salience, where that is trained; see
/// <see cref="TrainingOptions.Salience"/>.</param>
/// <param name="Written">Scores of what it writes, where that was asked for.</param>
readonly record struct Measurement(double Loss, double? Salience, WrittenScores? Written)
{
    /// <summary>The measures of a head of labels by their names; null where words are written.</summary>
    public IReadOnlyDictionary<string, double>? Labels { get; init; }

    /// <summary>What models are compared by: the higher, the better.</summary>
    public double By(Judge judge) => judge switch
    {
        Judge.Loss => -Loss,
        _ when Labels is not null => Labels[Judges.NameOf(judge)],
        Judge.Rouge => Written!.Rouge,
        _ => Written!.F1,
    };
}

/// <summary>How well a model does on the held-out examples of every source that has some.</summary>
/// <param name="Sources">By the names of the sources.</param>
/// <param name="By">What models are compared by, of one source or on the average: the higher, the better.</param>
sealed record Measurements(IReadOnlyDictionary<string, Measurement> Sources, double By);

/// <summary>
/// Means over texts, 0 to 100: ROUGE-1, -2 and -L F, stemmed; exact match and F1 of words, as SQuAD has them.
/// </summary>
sealed record WrittenScores(double One, double Two, double L, double ExactMatch, double F1)
{
    /// <summary>The mean of the three.</summary>
    public double Rouge => (One + Two + L) / 3;
}

/// <summary>Examples that are measured and never trained on.</summary>
/// <param name="examples">The examples, in an order that never changes.</param>
/// <param name="stage">How long they may be, and how many are computed at once.</param>
/// <param name="options">What is measured.</param>
/// <param name="tokenizer">What reads the targets, where they have no text.</param>
/// <param name="head">The head of labels that is learned; null for that of the vocabulary.</param>
/// <param name="baseModel">The model beside which adapters stand; null where whole models are trained.</param>
sealed class HeldOut(
    IReadOnlyList<TokenizedExample> examples, StageOptions stage, EvaluationOptions options, Tokenizer tokenizer,
        HeadOptions? head = null, string? baseModel = null)
{
    static readonly SalienceLoss s_salience = new();

    readonly LossTerm _words = head is null ? new HeadLoss(new CrossEntropy()) : new LabelLoss(head.Kind);

    /// <summary>How many examples there are.</summary>
    public int Count => examples.Count;

    /// <summary>
    /// Of those on which the model writes, how many have a reference without a single sign that ROUGE counts.
    /// </summary>
    public int Uncounted => options.Generate == 0 ? 0
        : examples.Take(options.Generate)
            .Count(example => References(example).Any(text => !text.Any(char.IsAsciiLetterOrDigit)));

    /// <summary>
    /// The mean loss of a label, where it is wanted the mean error of the encoder about a sentence, and of a head of
    /// labels its measures.
    /// </summary>
    public (double Loss, double? Salience, IReadOnlyDictionary<string, double>? Labels) Loss(
        TorchModel model, Func<TokenizedExample[], Batch> toBatch, bool salience)
    {
        var measures = head is null ? null : new LabelMeasures(head);
        using var untracked = no_grad();
        double sum = 0, misses = 0;
        long labels = 0, sentences = 0;
        foreach (var part in examples.Chunk(stage.Batch))
        {
            using var scope = NewDisposeScope();
            using var tensors = toBatch(part);
            var pass = ForwardPass.Take(model, tensors) with { Examples = part, Divisor = 1 };
            sum += _words.Of(pass)!.item<float>();
            labels += part.Sum(example => (long)example.Labels);
            if (measures is not null) Measure(measures, part, model.LabelScores(pass.Output, tensors));
            if (!salience || s_salience.Of(pass) is not { } missed) continue;
            var count = part.Sum(example => example.Salience.Count);
            misses += missed.item<float>() * count;
            sentences += count;
        }
        return (sum / labels, sentences == 0 ? null : misses / sentences, measures?.Results());
    }

    static void Measure(LabelMeasures measures, TokenizedExample[] part, Tensor scores)
    {
        var all = scores.cpu().contiguous().view(part.Length, -1);
        foreach (var (row, example) in part.Index())
            measures.Add(example, all[row].contiguous().data<float>().ToArray());
    }

    /// <summary>Scores of what a model writes on the first examples.</summary>
    /// <param name="folder">The model or adapter, read as whoever uses it will read it.</param>
    public WrittenScores Write(string folder)
    {
        using var loaded = LongT5Model.Load(baseModel ?? folder);
        using var model = baseModel is null ? loaded : loaded.WithAdapter(folder);
        var rouge = new Rouge(RougeProfile.HuggingFace);
        var how = new GenerationOptions { NumBeams = options.Beams, DoSample = false, MaxNewTokens = stage.Target };
        var written = examples.Take(options.Generate)
            .Select(example
                => (Text: tokenizer.Decode(model.Generate([example.Input], how)[0].Ids),
                References: References(example))).ToArray();
        var scores = written.Select(one => rouge.Score(one.References, one.Text)).ToArray();
        double Mean(string measure) => 100 * scores.Average(score => score[measure].F);
        return new(Mean("rouge1"), Mean("rouge2"), Mean("rougeL"),
            100 * written.Average(one => AnswerMatch.Exact(one.Text, one.References) ? 1 : 0),
            100 * written.Average(one => AnswerMatch.F1(one.Text, one.References)));
    }

    IReadOnlyList<string> References(TokenizedExample example)
        => example.References ?? [tokenizer.Decode(example.Target)];
}
