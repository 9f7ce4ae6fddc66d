using System.Diagnostics;
using LongT5.Generation;
using LongT5.Machine;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>One text on its way through a model: cut to what fits, tokens, encoder, decoder, text again.</summary>
sealed class TextGeneration
{
    private readonly LongT5Model _model;
    private readonly MemoryBudget? _budget; // none where the caller answers for the memory
    private readonly GenerationOptions _generation;
    private readonly List<string> _warnings = [];
    private readonly TimeSpan _tokenizing;

    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">What is asked, resolved.</param>
    /// <param name="sharers">How many texts share the memory evenly, this one among them.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    /// <exception cref="InsufficientMemoryException">No token fits.</exception>
    public TextGeneration(LongT5Model model, string text, TextOptions options, int sharers = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        _model = model;
        _budget = options.MaxMemory is null ? MemoryBudget.Shared : null;
        _generation = options.Generation;
        _warnings.AddRange(options.Warnings);

        var clock = Stopwatch.StartNew();
        var whole = (options.Prefix ?? "") + text;
        var tokens = model.Tokenizer.EncodeWithOffsets(whole);
        Input = tokens.Ids;
        if (LargestInput(options, sharers) is var (most, reason) && tokens.Ids.Length > most)
        {
            Input = options.CutsInside ? model.Tokenizer.Encode(whole, most) : InputCut.At(model.Tokenizer, whole, tokens, most);
            DroppedTokens = tokens.Ids.Length - Input.Length;
            _warnings.Add($"only the first {Input.Length} of {tokens.Ids.Length} tokens were read{(options.CutsInside ? "" : ", to the end of a sentence")}: {reason}.");
        }
        if (VocabularyFit.Problem(model.Tokenizer, whole, tokens) is { } foreign)
            _warnings.Add(foreign);
        _tokenizing = clock.Elapsed;
        Estimate = model.Engine.Estimate(Input.Length, Sequences, MostNewTokens);
    }

    /// <summary>The tokens that the model reads.</summary>
    public int[] Input { get; }

    /// <summary>Tokens that it does not read.</summary>
    public int DroppedTokens { get; }

    /// <summary>What it will take.</summary>
    public WorkEstimate Estimate { get; }

    private int MostNewTokens => _generation.MaxNewTokens ?? _generation.MaxLength ?? 0;

    private int Sequences => Math.Max(_generation.NumBeams ?? 1, _generation.NumReturnSequences ?? 1);

    /// <summary>Reads and writes.</summary>
    /// <param name="onText">Is given the first text piece by piece, as it becomes final.</param>
    /// <param name="progress">Hears of each layer and step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public IReadOnlyList<GeneratedText> Run(
        Action<string>? onText, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        using var memory = _budget?.Reserve(Estimate.Bytes);
        var clock = Stopwatch.StartNew();
        TimeSpan? read = null;
        var words = onText is null ? null : new StreamingDecoder(_model.Tokenizer);
        var sequences = _model.Run([Input], _generation, step =>
        {
            read ??= clock.Elapsed;
            if (words is null)
                return;
            foreach (var id in step.Final)
                if (words.Add(id) is { Length: > 0 } piece)
                    onText!(piece);
            if (step.Done && words.Finish() is { Length: > 0 } rest)
                onText!(rest);
        }, progress, cancellation);
        var reading = read ?? clock.Elapsed;
        var timings = new GenerationTimings(_tokenizing + reading, clock.Elapsed - reading);
        return [.. sequences.Select(sequence => Written(sequence, timings))];
    }

    /// <summary>Reads and writes on several texts together, by the options of the first; each has the times of all.</summary>
    public static IReadOnlyList<IReadOnlyList<GeneratedText>> RunAll(IReadOnlyList<TextGeneration> texts, CancellationToken cancellation)
    {
        if (texts.Count == 0)
            return [];
        using var memory = texts[0]._budget?.Reserve(texts.Sum(text => text.Estimate.Bytes));
        var clock = Stopwatch.StartNew();
        TimeSpan? read = null;
        var sequences = texts[0]._model.Run([.. texts.Select(text => text.Input)], texts[0]._generation, _ => read ??= clock.Elapsed, null, cancellation)
            .ToLookup(sequence => sequence.Input);
        var reading = read ?? clock.Elapsed;
        var writing = clock.Elapsed - reading;
        return [.. texts.Select((text, i) => (IReadOnlyList<GeneratedText>)
            [.. sequences[i].Select(sequence => text.Written(sequence, new(text._tokenizing + reading, writing)))])];
    }

    private GeneratedText Written(Generated sequence, GenerationTimings timings) => new()
    {
        Text = _model.Tokenizer.Decode(sequence.Ids),
        Score = sequence.Score,
        InputTokens = Input.Length,
        DroppedTokens = DroppedTokens,
        OutputTokens = sequence.NewTokens,
        IsOutputCut = sequence.End is GenerationEnd.Length or GenerationEnd.Time,
        Timings = timings,
        Warnings = _warnings,
    };

    /// <summary>The most tokens that may be read, and why.</summary>
    private (int Tokens, string Reason) LargestInput(TextOptions options, int sharers)
    {
        if (options.MaxInputTokens is { } asked)
            ArgumentOutOfRangeException.ThrowIfLessThan(asked, 2, nameof(options.MaxInputTokens));
        var memory = (options.MaxMemory ?? MemoryBudget.Shared.Room) / sharers;
        var fits = _model.Engine.LongestInput(memory, Sequences, MostNewTokens);
        if (fits < 2)
            throw new InsufficientMemoryException(
                $"{memory >> 20} MiB of memory are not enough for a single token; free some, or ask for fewer beams.");
        return (options.MaxInputTokens, options.ModelMaxInputTokens) switch
        {
            ({ } most, _) when most <= fits => (most, "that is the limit given"),
            (null, { } most) when most <= fits => (most, "this model makes no sense of more; a greatest input of your own reads more all the same"),
            _ => (fits, $"{memory >> 20} MiB of memory hold no more"),
        };
    }
}
