using LongT5.Generation;
using LongT5.Machine;
using LongT5.Tasks.Parts;
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
        => Summarize((InputText)text, options, progress, cancellation);

    /// <summary>Summarises a text of which more is known: where its sections begin.</summary>
    /// <inheritdoc cref="Summarize(string, SummaryOptions, IProgress{GenerationProgress}, CancellationToken)"/>
    public Summary Summarize(
        InputText text, SummaryOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var whole = Prepare(text, options);
        if (options?.By is not { } by)
            return whole.Run(null, progress, cancellation);
        var sections = TextSections.Of(text, by);
        if (sections.Count == 0)
        {
            var summary = whole.Run(null, progress, cancellation);
            return summary with { Warnings = [.. summary.Warnings, NoSections(by)] };
        }
        var settings = Settings(options);
        var run = new SectionsRun(text, settings, section => Prepare(section, options, isSection: true),
            new(text.PartsFile, model, null, options));
        var each = run.Run(sections, InputLimit.Of(model, settings, 1).Tokens, progress, cancellation);
        var last = progress is null ? null : new PartProgress(progress, sections.Count + 1, sections.Count + 1);
        return whole.Run(null, last, cancellation) with { Sections = each };
    }

    /// <summary>All the summaries that are asked for (<c>num_return_sequences</c>), best first.</summary>
    /// <exception cref="ArgumentException">Several are asked for, and the text is read in parts or by
    /// sections.</exception>
    internal IReadOnlyList<Summary> Each(
        InputText text, SummaryOptions options, IProgress<GenerationProgress>? progress,
        CancellationToken cancellation)
        => options.Generation.NumReturnSequences is not > 1 ? [Summarize(text, options, progress, cancellation)]
            : options.By is null ? Prepare(text, options).RunEach(progress, cancellation)
            : throw new ArgumentException("there is one summary for each section: leave out num_return_sequences.",
                nameof(options));

    /// <summary>Whether a text is longer than what is read at once and its summary one of summaries.</summary>
    internal bool ReadsInParts(InputText text, SummaryOptions options)
    {
        var settings = Settings(options);
        return settings.Long == LongInput.Merge
            && model.Tokenizer.Encode(settings.Prefix + text.Text).Length > InputLimit.Of(model, settings, 1).Tokens;
    }

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
        => StreamAsync((InputText)text, options, done, progress, cancellation);

    /// <summary>Summarises a text of which more is known, and gives the summary out while it grows.</summary>
    /// <remarks>
    /// Of a text that is read in parts, a part's summary comes when it is complete; where summaries are summarised
    /// again, only the last one comes.
    /// </remarks>
    /// <inheritdoc cref="ISummarizer.StreamAsync"/>
    public IAsyncEnumerable<string> StreamAsync(
        InputText text, SummaryOptions? options = null, Action<Summary>? done = null,
        IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => options is { By: not null }
            ? throw new ArgumentException("what is given out while it grows is one summary: leave out by.",
                nameof(options))
            : options is not { Strict: true }
            ? TextStream.Of((words, stop) => Prepare(text, options).Run(words, progress, stop), done, cancellation)
            : throw new ArgumentException("what is given out while it grows cannot be left out: leave out strict.",
                nameof(options));

    /// <summary>What a text will take, before it is done: its tokens, operations and memory.</summary>
    public WorkEstimate Estimate(InputText text, SummaryOptions? options = null) => Prepare(text, options).Estimate;

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
            ModelMaxInputTokens = task.MaxInputTokens ?? model.TrainedLength?.Tokens,
        };
        asked = asked with
        {
            Long = asked.Long ?? ((asked.MaxInputTokens ?? asked.ModelMaxInputTokens) is null
                ? LongInput.Cut : LongInput.Merge),
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
        return options?.By is null
            ? SummaryRun.RunAll([.. texts.Select(text => Prepare(text, options, texts.Count))], null, cancellation)
            : [.. texts.Select(text => Summarize(text, options, null, cancellation))];
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
    /// <exception cref="ArgumentException">The text or the summary is empty, or options contradict each other.
    /// </exception>
    public Summary Trace(
        string text, string summary, SummaryOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(summary);
        options ??= new();
        if (options.Evidence == EvidenceMode.None) options = options with { Evidence = EvidenceMode.Passages };
        var isLimited = Settings(options).Long == LongInput.Merge;
        return Prepare(text, isLimited ? options with { Long = LongInput.Fuse } : options).Trace(summary, cancellation);
    }

    /// <summary>Whether there is a word in a text, and more than the numbers of its pages.</summary>
    public static bool HasWords(string text) => Prose.HasWords(text);

    private static string NoSections(SummaryBy by) => by == SummaryBy.Section
        ? "no headings are known of this text, so there is no summary for each section."
        : "no two headings of one level are known of this text, so there is no summary for each chapter.";

    private SummaryRun Prepare(InputText text, SummaryOptions? options, int sharers = 1, bool isSection = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrWhiteSpace(text.Text, nameof(text));
        if (!HasWords(text.Text))
            throw new ArgumentException("there is nothing to read in the text: it has no word.", nameof(text));
        options ??= new();
        var task = options.Length is { } length ? model.Summarizing.For(length) : model.Summarizing;
        var mayShorten = options.Generation is { MinNewTokens: null, MinLength: null };
        if (options is { CutAnywhere: true, Quoting: not (null or Quoting.Free) })
            throw new ArgumentException(
                "what is quoted verbatim is never cut: leave out verbatim, or cutting anywhere.", nameof(options));
        var isBegun = options.Generation.DecoderInputIds is { Count: > 0 };
        if (isBegun && options.Quoting is not (null or Quoting.Free))
            throw new ArgumentException("what is quoted verbatim begins with a sentence of the text: leave out verbatim, "
                + "or decoder_input_ids.", nameof(options));
        var quoting = options.Quoting ?? (task.Quotes && !isBegun ? Quoting.Verbatim : Quoting.Free);
        var rules = options.CutAnywhere ? null : new SummaryRules(task.Quotes, quoting, mayShorten, task.LeastScore);
        var settings = Settings(options);
        var counted = isSection || settings.Long == LongInput.Merge ? new CountedText(model.Tokenizer, text) : null;
        if (isSection)
            settings = OfPart(options, settings, SummaryRules.MostOfSection(settings, counted!.Tokens));
        if (settings.Long != LongInput.Merge)
            return InOne(null);
        var limit = InputLimit.Of(model, settings, sharers);
        // A text that is longer by far is never held as tokens; of one that may just fit, all are counted together.
        var tokens = counted!.Tokens > limit.Tokens + PartedSummary.Slack ? null
            : model.Tokenizer.EncodeWithOffsets(settings.Prefix + text.Text);
        var isLonger = tokens is null || tokens.Ids.Length > limit.Tokens;
        if (isLonger && !isSection && (settings.LikeliestTokens is not null
            || settings.Generation.NumReturnSequences > 1))
            throw new ArgumentException("the text is longer than what is read at once, and what is merged of its "
                + "parts is one summary without tokens of its own: read it by fuse, whole or cut, or leave out "
                + $"{(settings.LikeliestTokens is null ? "num_return_sequences" : "the likeliest tokens")}.");
        if (isLonger)
            return new(text.Text, options.Strict, new PartedSummary(model, text, counted, settings,
                most => OfPart(options, settings, most), rules, options.Evidence, limit));
        settings = settings with { Long = LongInput.Cut };
        return InOne(tokens);

        SummaryRun InOne(Tokenization? all) => new(text.Text, options.Strict,
            new TextGeneration(model, text.Text, settings, sharers, rules, options.Evidence, all));
    }

    /// <summary>
    /// What is asked for a part of a text, whose summary may have so many tokens: the shortest length that a checkpoint
    /// knows and that holds them, with its own words, and least tokens in proportion.
    /// </summary>
    private TextOptions OfPart(SummaryOptions options, TextOptions whole, int most)
    {
        var says = options.Generation is not
        { MaxNewTokens: null, MaxLength: null, MinNewTokens: null, MinLength: null };
        var lengths = says ? [] : Enum.GetValues<SummaryLength>();
        var settings = lengths.Select(length => Settings(options with { Length = length }))
            .FirstOrDefault(one => InputLimit.MostNewTokens(one) >= most
                && InputLimit.MostNewTokens(one) <= InputLimit.MostNewTokens(whole)) ?? whole;
        var least = settings.Generation.MinNewTokens ?? Math.Max(0, (settings.Generation.MinLength ?? 0) - 1);
        return settings with
        {
            Generation = settings.Generation with
            {
                MaxNewTokens = most,
                MaxLength = null,
                MinNewTokens = (int)((long)least * most / Math.Max(1, InputLimit.MostNewTokens(settings))),
                MinLength = null,
            },
        };
    }
}
