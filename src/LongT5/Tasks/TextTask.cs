using LongT5.Machine;

namespace LongT5.Tasks;

/// <summary>What is done with a text, whichever it is: summarised, asked, written on.</summary>
/// <param name="Result">What is made, in one word: <c>summary</c>, <c>answer</c> or <c>text</c>.</param>
/// <param name="Run">Gives the texts that the model writes on it, best first.</param>
/// <param name="Stream">The best of them, word by word, and then whole.</param>
/// <param name="Estimate">What it will take.</param>
/// <param name="NeedsWords">Whether a text without a word is refused.</param>
public sealed record TextTask(
    string Result,
    Func<InputText, IProgress<GenerationProgress>?, CancellationToken, IReadOnlyList<GeneratedText>> Run,
    Func<InputText, Action<GeneratedText>, IProgress<GenerationProgress>?, CancellationToken,
        IAsyncEnumerable<string>> Stream,
    Func<InputText, WorkEstimate> Estimate,
    bool NeedsWords = false)
{
    /// <summary>Most tokens that are written on a prompt, where neither the call nor the checkpoint says.</summary>
    public const int PromptTokens = 128;

    /// <summary>Summaries of texts.</summary>
    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    public static TextTask Summarize(LongT5Model model, SummaryOptions options)
    {
        var summarizer = new Summarizer(model);
        return new(
            "summary",
            (text, progress, stop) => summarizer.Each(text, options, progress, stop),
            (text, done, progress, stop) => summarizer.StreamAsync(text, options, done, progress, stop),
            text => summarizer.Estimate(text, options),
            NeedsWords: true);
    }

    /// <summary>Answers to one question from texts.</summary>
    /// <exception cref="ArgumentException">The question is empty, or options contradict each other.</exception>
    public static TextTask Answer(LongT5Model model, string question, TextOptions options)
    {
        var answerer = new Answerer(model);
        return new(
            "answer",
            (text, progress, stop) => answerer.Answers(question, text.Text, options, progress, stop),
            (text, done, progress, stop) => answerer.StreamAsync(question, text.Text, options, done, progress, stop),
            text => answerer.Estimate(question, text.Text, options));
    }

    /// <summary>Texts written on prompts.</summary>
    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    public static TextTask Generate(LongT5Model model, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = options.Resolve(model, PromptTokens);
        return new(
            "text",
            (prompt, progress, stop) => new TextGeneration(model, prompt.Text, settings).Run(null, progress, stop),
            (prompt, done, progress, stop) => TextStream.Of((words, ended)
                => new TextGeneration(model, prompt.Text, settings).Run(words, progress, ended)[0], done, stop),
            prompt => new TextGeneration(model, prompt.Text, settings).Estimate);
    }
}
