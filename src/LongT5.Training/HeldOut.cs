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
/// <param name="Salience">The mean square error of the encoder's salience, where that is trained; see <see cref="TrainingOptions.Salience"/>.</param>
/// <param name="Rouge">ROUGE F of what it writes, 0 to 100, where that was asked for.</param>
readonly record struct Measurement(double Loss, double? Salience, RougeMeans? Rouge);

/// <summary>Means over texts of ROUGE-1, ROUGE-2 and ROUGE-L F, stemmed, 0 to 100.</summary>
sealed record RougeMeans(double One, double Two, double L)
{
    /// <summary>By which models are compared.</summary>
    public double Mean => (One + Two + L) / 3;
}

/// <summary>Examples that are measured and never trained on.</summary>
/// <param name="examples">The examples, in an order that never changes.</param>
/// <param name="stage">How long they may be, and how many are computed at once.</param>
/// <param name="options">What is measured.</param>
/// <param name="tokenizer">What reads the targets, for ROUGE.</param>
/// <param name="fingerprint">SHA-256 of the texts.</param>
sealed class HeldOut(
    IReadOnlyList<Example> examples, StageOptions stage, EvaluationOptions options, Tokenizer tokenizer, string fingerprint)
{
    /// <summary>SHA-256 of the texts.</summary>
    public string Fingerprint => fingerprint;

    static readonly HeadLoss s_words = new(new CrossEntropy());
    static readonly SalienceLoss s_salience = new();

    /// <summary>The mean loss of a label, and where it is wanted the mean error of the encoder about a sentence.</summary>
    public (double Loss, double? Salience) Loss(TorchModel model, Func<Example[], Batch> toBatch, bool salience)
    {
        using var untracked = no_grad();
        double sum = 0, misses = 0;
        long labels = 0, sentences = 0;
        foreach (var part in examples.Chunk(stage.Batch))
        {
            using var scope = NewDisposeScope();
            using var tensors = toBatch(part);
            var pass = ForwardPass.Take(model, tensors) with { Examples = part, Divisor = 1 };
            sum += s_words.Of(pass).item<float>();
            labels += tensors.TargetTokens;
            if (!salience || s_salience.Of(pass) is not { } missed) continue;
            var count = part.Sum(example => example.Salience.Count);
            misses += missed.item<float>() * count;
            sentences += count;
        }
        return (sum / labels, sentences == 0 ? null : misses / sentences);
    }

    /// <summary>ROUGE of what a model writes on the first examples against their targets.</summary>
    /// <param name="folder">The model, read as whoever uses it will read it.</param>
    public RougeMeans Rouge(string folder)
    {
        using var model = LongT5Model.Load(folder);
        var rouge = new Rouge(RougeProfile.HuggingFace);
        var how = new GenerationOptions { NumBeams = options.Beams, DoSample = false, MaxNewTokens = stage.Target };
        var scores = examples.Take(options.Generate)
            .Select(example => rouge.Score(tokenizer.Decode(example.Target), tokenizer.Decode(model.Generate([example.Input], how)[0].Ids)))
            .ToArray();
        double Mean(string measure) => 100 * scores.Average(score => score[measure].F);
        return new(Mean("rouge1"), Mean("rouge2"), Mean("rougeL"));
    }
}
