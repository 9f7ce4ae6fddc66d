using System.Diagnostics;
using LongT5.Generation;
using LongT5.Machine;
using LongT5.Model;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>One text on its way through a model: cut to what fits, tokens, encoder, decoder, text again.</summary>
sealed class TextGeneration
{
    /// <summary>Of a window's tokens, one in so many is margin, to each side.</summary>
    private const int MarginShare = 8;

    private readonly LongT5Model _model;
    private readonly MemoryBudget? _budget; // none where the caller answers for the memory
    private readonly GenerationOptions _generation;
    private readonly Func<ISummaryWriter>? _writer;
    private readonly SummaryRules? _rules;
    private readonly string? _givenBack;
    private readonly Quotations? _quotations;
    private readonly EvidenceSearch? _evidence;
    private readonly EncoderWindows? _windows;
    private readonly int? _likeliest;
    private readonly List<string> _warnings = [];
    private readonly TimeSpan _tokenizing;

    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">What is asked, resolved.</param>
    /// <param name="sharers">How many texts share the memory evenly, this one among them.</param>
    /// <param name="rules">What is to hold for a summary; null for what the model writes, as it is.</param>
    /// <param name="evidence">Whether passages are wanted for each sentence.</param>
    /// <param name="tokens">The tokens of prefix and text, where they are known already.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    /// <exception cref="InsufficientMemoryException">No token fits.</exception>
    public TextGeneration(LongT5Model model, string text, TextOptions options, int sharers = 1,
        SummaryRules? rules = null, EvidenceMode evidence = EvidenceMode.None, Tokenization? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        _model = model;
        _budget = options.MaxMemory is null && model.Scheduler is null ? MemoryBudget.Shared : null;
        _generation = options.Generation;
        _likeliest = options.LikeliestTokens;
        _rules = rules;
        _warnings.AddRange(options.Warnings);

        var clock = Stopwatch.StartNew();
        var prefix = options.Prefix ?? "";
        var whole = prefix + text;
        tokens ??= model.Tokenizer.EncodeWithOffsets(whole);
        Input = tokens.Ids;
        var source = rules is null ? null : new SourceText(model.Tokenizer, whole, prefix.Length, tokens);
        if (rules is not null && source is not null)
        {
            _writer = () => new SummaryWriter(model.Tokenizer, source, prefix);
            _generation = rules.Fit(_generation, source.Tokens, out var givesBack);
            if (givesBack)
            {
                _givenBack = text.Trim();
                _warnings.Add("the text is no longer than its summary may be: it is given as it stands.");
            }
            else if (Prose.Problem(text) is { } problem)
                _warnings.Add(problem);
        }
        if (_givenBack is null && InputLimit.Of(model, options, sharers) is var (most, reason, _)
            && tokens.Ids.Length > most)
        {
            Input = options.CutsInside
                ? model.Tokenizer.Encode(whole, most) : InputCut.At(model.Tokenizer, whole, tokens, most);
            DroppedTokens = tokens.Ids.Length - Input.Length;
            _warnings.Add($"only the first {Input.Length} of {tokens.Ids.Length} tokens were "
                + $"read{(options.CutsInside ? "" : ", to the end of a sentence")}: {reason}.");
        }
        if (options.Long == LongInput.Merge)
            throw new ArgumentException("merge joins summaries of parts, and this is no summary: say fuse, which reads "
                + "in windows, whole or cut.");
        if (options.Long == LongInput.Fuse)
            _windows = Windows(options, tokens.Offsets.Count(token => token.End > 0 && token.End <= prefix.Length));
        if (_givenBack is null && VocabularyFit.Problem(model.Tokenizer, whole, tokens) is { } foreign)
            _warnings.Add(foreign);
        if (_givenBack is null && rules is { Quoting: not Quoting.Free })
        {
            var sentences = source!.Quotable(Input);
            var quotations = new Quotations(sentences.Select(one => one.Tokens),
                rules.Quoting == Quoting.VerbatimInOrder, source.Separator);
            if (quotations.Shortest is 0
                || quotations.Shortest >= (_generation.MaxNewTokens ?? _generation.MaxLength - 1))
                _warnings.Add(
                    "no sentence of the text is short enough for its summary: it was not held to whole sentences.");
            else
            {
                _quotations = quotations;
                _writer = () => new QuotationWriter(quotations, sentences, model.Tokenizer);
            }
        }
        if (evidence != EvidenceMode.None)
            _evidence = new(model, new(whole, prefix.Length, tokens, Input),
                evidence == EvidenceMode.Causal ? EvidenceWeights.Causal : EvidenceWeights.Passages);
        _tokenizing = clock.Elapsed;
        Estimate = model.Engine.Estimate(Input.Length, InputLimit.Sequences(options),
            InputLimit.MostNewTokens(options));
    }

    /// <summary>The tokens that the model reads.</summary>
    public int[] Input { get; }

    /// <summary>Tokens that it does not read.</summary>
    public int DroppedTokens { get; }

    /// <summary>Whether its passages are found by what was asked as it is written: what is quoted stands in the text.
    /// </summary>
    private bool WantsQueries => _evidence is { NeedsFeeding: false } && _quotations is null;

    /// <summary>What it will take.</summary>
    public WorkEstimate Estimate { get; }

    /// <summary>Reads and writes.</summary>
    /// <param name="onText">Is given the first text piece by piece, as it becomes final.</param>
    /// <param name="progress">Hears of each layer and step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public IReadOnlyList<GeneratedText> Run(
        Action<string>? onText, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        if (_givenBack is not null)
        {
            onText?.Invoke(_givenBack);
            return [.. Enumerable.Repeat(GivenBack(_givenBack), _generation.NumReturnSequences ?? 1)];
        }
        using var memory = _budget?.Reserve(Estimate.Bytes);
        var clock = Stopwatch.StartNew();
        TimeSpan? read = null;
        var words = onText is null || _writer is not null ? null : new StreamingDecoder(_model.Tokenizer);
        var sentences = onText is null ? null : _writer?.Invoke();
        GeneratedText[] written = [];
        var sequences = _model.Run([Input], _generation, step =>
        {
            read ??= clock.Elapsed;
            foreach (var id in step.Final)
                if ((words?.Add(id) ?? sentences?.Add(id)) is { Length: > 0 } piece)
                    onText!(piece);
            if (step.Done && words?.Finish() is { Length: > 0 } rest)
                onText!(rest);
        }, progress, cancellation, quotations: [_quotations], windows: _windows,
            after: (session, all) => written = [.. all.Select(one => Written(one, session, cancellation))],
            keepsQueries: WantsQueries);
        var reading = read ?? clock.Elapsed;
        var timings = new GenerationTimings(_tokenizing + reading, clock.Elapsed - reading);
        if (sentences?.Finish(IsCut(sequences[0])) is { Length: > 0 } last)
            onText!(last);
        return [.. written.Select(text => text with { Timings = timings })];
    }

    /// <summary>A text that is there already as if the model had written it, with its passages.</summary>
    public GeneratedText Trace(string written, CancellationToken cancellation)
    {
        using var memory = _budget?.Reserve(Estimate.Bytes);
        var clock = Stopwatch.StartNew();
        TimeSpan reading = default;
        var passages = _model.Start(Input, session =>
        {
            reading = clock.Elapsed;
            return _evidence!.Of(Sentences.Texts(written), session, 0, cancellation);
        }, _windows, cancellation);
        return new()
        {
            Text = written,
            InputTokens = Input.Length,
            DroppedTokens = DroppedTokens,
            Timings = new(_tokenizing + reading, clock.Elapsed - reading),
            Warnings = _warnings,
            Passages = passages,
        };
    }

    /// <summary>
    /// Reads and writes on several texts together, by the options of the first; each has the times of all.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Hears of each step, and of one text alone of each layer.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public static IReadOnlyList<IReadOnlyList<GeneratedText>> RunAll(
        IReadOnlyList<TextGeneration> texts, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var results = new IReadOnlyList<GeneratedText>[texts.Count];
        var alike = Enumerable.Range(0, texts.Count)
            .GroupBy(i => (texts[i]._givenBack is not null, texts[i]._generation.MinNewTokens,
                texts[i]._generation.MinLength, texts[i]._generation.MaxNewTokens, texts[i]._windows));
        foreach (var group in alike)
            RunAlike([.. group], texts, results, progress, cancellation);
        return results;
    }

    private static void RunAlike(
        int[] group, IReadOnlyList<TextGeneration> texts, IReadOnlyList<GeneratedText>[] results,
        IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var first = texts[group[0]];
        if (first._givenBack is not null)
        {
            foreach (var i in group)
                results[i] = [.. Enumerable.Repeat(texts[i].GivenBack(texts[i]._givenBack!),
                    first._generation.NumReturnSequences ?? 1)];
            return;
        }
        using var memory = first._budget?.Reserve(group.Sum(i => texts[i].Estimate.Bytes));
        var clock = Stopwatch.StartNew();
        TimeSpan? read = null;
        var models = group.Select(i => texts[i]._model).ToArray();
        var written = new List<GeneratedText>[group.Length];
        first._model.Run([.. group.Select(i => texts[i].Input)], first._generation,
            _ => read ??= clock.Elapsed, progress, cancellation,
                models.All(model => model == first._model)
                    ? null : models, [.. group.Select(i => texts[i]._quotations)],
            first._windows,
            (session, sequences) =>
            {
                foreach (var sequence in sequences)
                    (written[sequence.Input] ??= [])
                        .Add(texts[group[sequence.Input]].Written(sequence, session, cancellation));
            },
            group.Any(i => texts[i].WantsQueries));
        var reading = read ?? clock.Elapsed;
        var writing = clock.Elapsed - reading;
        for (var at = 0; at < group.Length; at++)
        {
            var text = texts[group[at]];
            results[group[at]] =
                [.. written[at].Select(one => one with { Timings = new(text._tokenizing + reading, writing) })];
        }
    }

    private GeneratedText GivenBack(string text) => new()
    {
        Text = text,
        Score = float.NaN,
        InputTokens = Input.Length,
        DroppedTokens = 0,
        OutputTokens = 0,
        IsOutputCut = false,
        Timings = new(_tokenizing, TimeSpan.Zero),
        Warnings = _warnings,
        Passages = _evidence?.Of(Sentences.Texts(text), null, 0, CancellationToken.None),
        Tokens = _likeliest is null ? null : [],
    };

    /// <summary>What was written, with its passages, but without the times that it took.</summary>
    private GeneratedText Written(Generated sequence, EngineSession session, CancellationToken cancellation)
    {
        var text = Written(sequence);
        var tokens = _likeliest is { } count ? TokenScore.Of(_model, session, sequence, count, cancellation) : null;
        return text with
        {
            Passages = _evidence?.Of(text.SentenceTexts, session, sequence.Input, cancellation,
                session.KeepsQueries ? sequence : null),
            Tokens = tokens is null ? null : [.. tokens.Take(tokens.Count - text.LeftAwayTokens)],
        };
    }

    private GeneratedText Written(Generated sequence)
    {
        var plain = new GeneratedText
        {
            Text = _writer is null ? _model.Tokenizer.Decode(sequence.Ids) : "",
            Score = sequence.Score,
            InputTokens = Input.Length,
            DroppedTokens = DroppedTokens,
            OutputTokens = sequence.NewTokens,
            IsOutputCut = IsCut(sequence),
            Warnings = _warnings,
        };
        if (_writer is null)
            return plain;
        var writer = _writer();
        foreach (var id in sequence.Ids)
            writer.Add(id);
        writer.Finish(plain.IsOutputCut);
        var perToken = sequence.Score * Math.Pow(sequence.NewTokens, (_generation.LengthPenalty ?? 1) - 1);
        return plain with
        {
            Text = writer.Text,
            Quoted = writer.Quoted,
            LeftAwayTokens = writer.LeftAway,
            Warnings = [.. _warnings, .. _rules!.Problems(writer, plain, perToken)],
        };
    }

    // The windows that a text is read in; none for one that fits.
    private EncoderWindows? Windows(TextOptions options, int prefix)
    {
        var most = options.MaxInputTokens ?? options.ModelMaxInputTokens
            ?? throw new ArgumentException("fuse reads in windows as long as the model was trained for, which nothing "
                + "says of this model: give max_input_tokens.");
        var windows = new EncoderWindows(most, most / MarginShare, prefix);
        return windows.Over(Input.Length).Count > 1 ? windows : null;
    }

    private static bool IsCut(Generated sequence) => sequence.End is GenerationEnd.Length or GenerationEnd.Time;
}
