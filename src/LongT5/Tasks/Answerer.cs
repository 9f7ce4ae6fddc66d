using LongT5.Hub;
using LongT5.Machine;

namespace LongT5.Tasks;

/// <summary>Answers questions from texts with a model that was trained for it.</summary>
/// <remarks>Safe for any number of threads at once, as the model is.</remarks>
/// <param name="model">The model; it stays the caller's to dispose.</param>
public sealed class Answerer(LongT5Model model)
{
    /// <summary>Most tokens of an answer, where neither the call nor the checkpoint says.</summary>
    public const int Tokens = 64;

    /// <summary>A question about a text, in the words that T5 was trained with.</summary>
    public static string Prompt(string question, string text) => $"question: {question} context: {text}";

    /// <summary>Answers a question.</summary>
    /// <param name="question">What to ask.</param>
    /// <param name="text">The text that the answer stands in.</param>
    /// <param name="options">How the answer is generated.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Honoured within one layer of the encoder or one step of the decoder.</param>
    /// <exception cref="ArgumentException">The question or the text is empty, or
    /// options contradict each other.</exception>
    public GeneratedText Answer(
        string question, string text, TextOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => Answers(question, text, options, progress, cancellation)[0];

    /// <summary>Answers a question as often as <c>num_return_sequences</c> says, best first.</summary>
    /// <inheritdoc cref="Answer"/>
    public IReadOnlyList<GeneratedText> Answers(
        string question, string text, TextOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => Prepare(question, text, options).Run(null, progress, cancellation);

    /// <summary>
    /// Answers a question and gives the answer out while it grows: whole words, none of which is taken back.
    /// </summary>
    /// <inheritdoc cref="ISummarizer.StreamAsync"/>
    public IAsyncEnumerable<string> StreamAsync(
        string question, string text, TextOptions? options = null, Action<GeneratedText>? done = null,
        IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
        => TextStream.Of((words, stop) => Prepare(question, text, options).Run(words, progress, stop)[0], done,
            cancellation);

    /// <summary>What a text will take, before it is done: its tokens, operations and memory.</summary>
    public WorkEstimate Estimate(string question, string text, TextOptions? options = null)
        => Prepare(question, text, options).Estimate;

    private TextGeneration Prepare(string question, string text, TextOptions? options)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var asked = question.Trim();
        if (asked.Length == 0)
            throw new ArgumentException("the question is empty; ask something.", nameof(question));
        var settings = (options ?? new()).Resolve(model, Tokens);
        // The question stands in front of every window.
        settings = settings with
        {
            Prefix = settings.Prefix + Prompt(asked, ""),
            ModelMaxInputTokens = model.TrainedLength?.Tokens,
        };
        settings = settings with
        {
            Long = settings.Long ?? ((settings.MaxInputTokens ?? settings.ModelMaxInputTokens) is null
                ? LongInput.Cut : LongInput.Fuse),
        };
        if (ModelLocation.IsEmbedded(model.Folder))
            settings = settings.Warn(
                "the embedded model was not trained to answer: it quotes what the text speaks of most; name a model "
                    + "that answers.");
        return new(model, text, settings);
    }
}
