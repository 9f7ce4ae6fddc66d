namespace LongT5.Tasks;

/// <summary>What summarises texts: <see cref="Summarizer"/>, or what stands for it in a program's tests.</summary>
public interface ISummarizer
{
    /// <summary>Summarises a text.</summary>
    /// <param name="text">The text: no limit of length but the memory at hand. Where that does not suffice, the end is
    /// left out, at a sentence, and the summary says so.</param>
    /// <param name="options">How long the summary may become, and how it is generated.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Honoured within one layer of the encoder or one step of the decoder.</param>
    /// <exception cref="ArgumentException">The text is empty, or options contradict each other.</exception>
    Summary Summarize(
        string text, SummaryOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default);

    /// <summary>Summarises a text in the background.</summary>
    /// <inheritdoc cref="Summarize"/>
    Task<Summary> SummarizeAsync(
        string text, SummaryOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default);

    /// <summary>
    /// Summarises a text and gives the summary out while it grows: whole words, none of which is taken back.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="options">How long the summary may become, and how it is generated.</param>
    /// <param name="done">Is given the whole summary when it is complete.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Stops the work, as leaving the loop does.</param>
    IAsyncEnumerable<string> StreamAsync(
        string text, SummaryOptions? options = null, Action<Summary>? done = null,
        IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default);
}
