using LongT5.Generation;
using LongT5.Machine;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>Summarises texts of any length with a model.</summary>
/// <example>
/// <code>
/// using var model = LongT5Model.Load("models/longt5-embedded");
/// var summary = new Summarizer(model).Summarize(File.ReadAllText("report.txt"));
/// Console.WriteLine(summary.Text);
/// </code>
/// </example>
/// <remarks>Safe for any number of threads at once, as the model is.</remarks>
/// <param name="model">The model; it stays the caller's to dispose.</param>
public sealed class Summarizer(LongT5Model model) : ISummarizer
{
    /// <inheritdoc/>
    public Summary Summarize(
        string text, SummaryOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => Summarized(Prepare(text, options).Run(null, progress, cancellation)[0], text, options);

    /// <inheritdoc/>
    public Task<Summary> SummarizeAsync(
        string text, SummaryOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => Task.Factory.StartNew(() => Summarize(text, options, progress, cancellation), cancellation,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> StreamAsync(
        string text, SummaryOptions? options = null, Action<Summary>? done = null,
        IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => options is not { Strict: true }
            ? TextStream.Of(() => Prepare(text, options), whole => done?.Invoke(Summarized(whole, text, options)),
                progress, cancellation)
            : throw new ArgumentException("what is given out while it grows cannot be left out: leave out strict.",
                nameof(options));

    /// <summary>What a text will take, before it is done: its tokens, operations and memory.</summary>
    public WorkEstimate Estimate(string text, SummaryOptions? options = null) => Prepare(text, options).Estimate;

    /// <summary>
    /// What a call comes to: its own words over the checkpoint's on summarising, and a length where neither gives one.
    /// </summary>
    /// <param name="options">What the call says.</param>
    /// <returns>What <see cref="LongT5Model"/> takes for the same result.</returns>
    /// <exception cref="ArgumentException">A length and a number of tokens are given, or other
    /// options contradict each other.</exception>
    public TextOptions Settings(SummaryOptions? options = null)
    {
        options ??= new();
        if (options.Length is not null && options.Generation is not { MaxNewTokens: null, MaxLength: null })
            throw new ArgumentException($"length {options.Length} contradicts max_new_tokens; give one of them.",
                nameof(options));
        var task = options.Length is { } length ? model.Summarizing.For(length) : model.Summarizing;
        var said = options.Generation.Over(options.Preset ?? new()).Over(task.Options).Over(model.Defaults);
        var most = options.Length?.Tokens() ?? (said is { MaxNewTokens: null, MaxLength: null }
            ? SummaryLength.Medium.Tokens() : null);
        var below = options.Preset?.Over(task.Options) ?? task.Options;
        if (most is { } tokens)
            below = (new GenerationOptions
            {
                MaxNewTokens = tokens,
                MinLength = said.MinLength > tokens
                ? 0 : null
            }).Over(below);
        var asked = options with
        {
            Prefix = options.Prefix ?? task.Prefix,
            Preset = below,
            ModelMaxInputTokens = task.MaxInputTokens,
        };
        return asked.Resolve(model);
    }

    /// <summary>Summarises several texts together: what each alone would give, and sooner.</summary>
    /// <param name="texts">The texts; memory is shared evenly among them.</param>
    /// <param name="options">How long the summaries may become, and how they are generated.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public IReadOnlyList<Summary> SummarizeAll(IReadOnlyList<string> texts, SummaryOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var written = TextGeneration.RunAll([.. texts.Select(text => Prepare(text, options, texts.Count))],
            cancellation);
        return [.. written.Zip(texts, (one, text) => Summarized(one[0], text, options))];
    }

    /// <summary>
    /// The passages of a text that speak for each sentence of a summary which was written elsewhere: by a person, by
    /// another model.
    /// </summary>
    /// <remarks>The model reads the text and is then fed the summary as if it wrote it.</remarks>
    /// <param name="text">The text.</param>
    /// <param name="summary">The summary; it stays as it is.</param>
    /// <param name="options">How much is read, and how evidence is looked for; passages where they do not say.</param>
    /// <param name="cancellation">Honoured within one layer of the encoder or one step of the decoder.</param>
    /// <returns>The summary with its <see cref="Summary.Evidence"/>.</returns>
    /// <exception cref="ArgumentException">The text or the summary is empty, or options contradict each other.</exception>
    public Summary Trace(
        string text, string summary, SummaryOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(summary);
        options ??= new();
        if (options.Evidence == EvidenceMode.None) options = options with { Evidence = EvidenceMode.Passages };
        return Summarized(Prepare(text, options).Trace(summary, cancellation), text, options);
    }

    /// <summary>Whether there is a word in a text, and more than the numbers of its pages.</summary>
    public static bool HasWords(string text) => Prose.HasWords(text);

    private TextGeneration Prepare(string text, SummaryOptions? options, int sharers = 1)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (!HasWords(text))
            throw new ArgumentException("there is nothing to read in the text: it has no word.", nameof(text));
        options ??= new();
        var task = options.Length is { } length ? model.Summarizing.For(length) : model.Summarizing;
        var mayShorten = options.Generation is { MinNewTokens: null, MinLength: null };
        if (options is { CutAnywhere: true, Quoting: not (null or Quoting.Free) })
            throw new ArgumentException(
                "what is quoted verbatim is never cut: leave out verbatim, or cutting anywhere.", nameof(options));
        var quoting = options.Quoting ?? (task.Quotes ? Quoting.Verbatim : Quoting.Free);
        var rules = options.CutAnywhere ? null : new SummaryRules(task.Quotes, quoting, mayShorten, task.LeastScore);
        return new(model, text, Settings(options), sharers, rules, options.Evidence);
    }

    private static Summary Summarized(GeneratedText written, string text, SummaryOptions? options)
        => new Summary(written, Sentences.Texts(written.Text)).ComparedWith(text, options?.Strict ?? false);
}
