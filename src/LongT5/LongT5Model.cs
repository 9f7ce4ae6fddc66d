using LongT5.Formats;
using LongT5.Generation;
using LongT5.Hub;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model;
using LongT5.Scheduling;
using LongT5.Tasks;
using LongT5.Tasks.Labelling;
using LongT5.Text;

namespace LongT5;

/// <summary>A LongT5 checkpoint, opened: its network, its vocabulary, and what its files say of generation.</summary>
/// <remarks>
/// Immutable, and safe for any number of threads at once; every request has a state of its own. What a request computes
/// depends on its input and its options alone, not on what else runs. Disposed
/// while requests run, it lets them end first.
/// </remarks>
public sealed partial class LongT5Model : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly Workers? _ownWorkers;
    private readonly Lazy<Tokenizer> _tokenizer;
    private readonly LongT5Model? _base;

    private LongT5Model(Checkpoint checkpoint, Workers? ownWorkers, EngineOptions? engine, Scheduler? scheduler)
    {
        (_checkpoint, _ownWorkers, Scheduler) = (checkpoint, ownWorkers, scheduler);
        Warnings = WarningsOf(checkpoint);
        Defaults = GenerationDefaults.Of(checkpoint).Options;
        Summarizing = SummaryTask.Of(checkpoint);
        TrainedLength = TrainedLength.Of(checkpoint);
        _tokenizer = new(() => Tokenizer.Load(checkpoint.VocabularyPath
            ?? throw new FileNotFoundException(
                $"{checkpoint.Path} has no vocabulary (spiece.model or tokenizer.json): it takes token ids but no text.",
                System.IO.Path.Combine(checkpoint.Path, "spiece.model"))));
        Engine = Network.Load(checkpoint, Workers, engine);
        HeadTask = HeadTask.Read(new(checkpoint.ConfigFields, checkpoint.Folder), Engine.Head);
    }

    private LongT5Model(LongT5Model model, Adapter adapter)
    {
        (_base, _checkpoint, _tokenizer, Scheduler) =
            (model, model._checkpoint, model._tokenizer, model.Scheduler);
        (Warnings, Defaults, TrainedLength, AdapterPath) =
            (model.Warnings, model.Defaults, model.TrainedLength, adapter.Path);
        var own = adapter.ModelFields; // what it was trained for may differ from what the base was
        Summarizing = own is { } said ? SummaryTask.Read(said) : model.Summarizing;
        Engine = model.Engine.WithAdapter(adapter);
        HeadTask = own is { } fields ? HeadTask.Read(fields, Engine.Head) : model.HeadTask;
    }

    /// <summary>The file or folder that was opened.</summary>
    public string Path => _checkpoint.Path;

    /// <summary>The folder of the adapter that stands beside the weights; null where there is none.</summary>
    public string? AdapterPath { get; }

    /// <summary>The folder of its configuration and vocabulary.</summary>
    public string Folder => _checkpoint.Folder;

    /// <summary>The shape of the model.</summary>
    public LongT5Config Config => Engine.Config;

    /// <summary>The vocabulary; read when it is first used.</summary>
    /// <exception cref="FileNotFoundException">The checkpoint came without one.</exception>
    public Tokenizer Tokenizer => _tokenizer.Value;

    /// <summary>What the model's files say of generation, as <see cref="GenerationDefaults"/> finds it.</summary>
    public GenerationOptions Defaults { get; }

    /// <summary>How many tokens the model was trained to read; null where nothing says so.</summary>
    public TrainedLength? TrainedLength { get; }

    /// <summary>What is odd about the checkpoint, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>What computes beneath: states, logits, sessions.</summary>
    public Engine Engine { get; }

    /// <summary>Who decides what is computed when; null where each call computes at once.</summary>
    public Scheduler? Scheduler { get; }

    /// <summary>The threads that compute.</summary>
    internal Workers Workers => _base?.Workers ?? _ownWorkers ?? Workers.Shared;

    /// <summary>What the checkpoint says of summarising in particular.</summary>
    internal SummaryTask Summarizing { get; }

    /// <summary>What the files say of the use of a head of labels.</summary>
    internal HeadTask HeadTask { get; }

    /// <summary>
    /// Opens a checkpoint of any layout that LongT5 is published in. A mapped
    /// one costs milliseconds, whatever its size.
    /// </summary>
    /// <param name="path">A folder with <c>config.json</c> and weights, or <c>org/name</c> of
    /// a model in the Hugging Face cache.</param>
    /// <param name="threads">Threads that compute; null for one a processor. It changes no result.</param>
    /// <param name="engine">How to compute; the default is exact to the reference.</param>
    /// <param name="scheduler">Does the requests on this model beside those on others; it stays the caller's to
    /// dispose. Null lets each call compute at once, which is best for one at a time.</param>
    /// <exception cref="FileNotFoundException">There is no such folder, or it lacks a file that is needed.</exception>
    /// <exception cref="BadFileException">A file is damaged, or is not what the configuration asks for.</exception>
    public static LongT5Model Load(
        string path, int? threads = null, EngineOptions? engine = null, Scheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (threads is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(threads));
        var checkpoint = ModelLocation.Open(path, engine?.InMemory ?? false);
        Workers? workers = null;
        try
        {
            workers = threads is { } wanted && wanted != Environment.ProcessorCount ? new Workers(wanted) : null;
            return new(checkpoint, workers, engine, scheduler);
        }
        catch
        {
            workers?.Dispose();
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the small model that lies beside the program: an application gets it with the
    /// package LongT5.Models.Embedded.
    /// </summary>
    /// <remarks>The variable LONGT5_MODEL names another.</remarks>
    /// <param name="threads">As for <see cref="Load"/>.</param>
    /// <param name="engine">As for <see cref="Load"/>.</param>
    /// <param name="scheduler">As for <see cref="Load"/>.</param>
    /// <exception cref="FileNotFoundException">There is none beside the program.</exception>
    public static LongT5Model LoadEmbedded(
        int? threads = null, EngineOptions? engine = null, Scheduler? scheduler = null)
        => Load(Installation.EmbeddedModel ?? throw new FileNotFoundException(
            $"no model lies at models/longt5-embedded under {AppContext.BaseDirectory}: add the package "
                + "LongT5.Models.Embedded to the program, or name a model's folder to LongT5Model.Load."),
            threads, engine, scheduler);

    /// <summary>
    /// The same model with an adapter beside its weights, which are not copied; any number may stand on one base.
    /// </summary>
    /// <param name="folder">A folder as PEFT writes it: LoRA (with DoRA), IA3; or a bottleneck's.</param>
    /// <returns>A model of its own, to be disposed; the base's memory stays until both are.</returns>
    /// <exception cref="FileNotFoundException">There is no such folder, or it is not an adapter's.</exception>
    /// <exception cref="BadFileException">It is damaged, of a kind that is not computed
    /// here, or does not fit this model.</exception>
    public LongT5Model WithAdapter(string folder)
    {
        using var adapter = Adapter.Open(ModelLocation.Resolve(folder));
        return new(_base ?? this, adapter);
    }

    /// <summary>What is odd about a checkpoint, a sentence each, without a model being made of it.</summary>
    public static IReadOnlyList<string> WarningsOf(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string[] pretrained = PretrainedOnly.Warning(checkpoint) is { } warning ? [warning] : [];
        return [.. checkpoint.Warnings, .. GenerationDefaults.Of(checkpoint).Warnings,
            .. SummaryTask.Of(checkpoint).Warnings, .. pretrained];
    }

    /// <summary>What the encoder makes of some tokens: a state for each.</summary>
    /// <param name="ids">Token ids, the end token (1) last, as the vocabulary gives them; at least one.</param>
    /// <param name="progress">Hears of each layer.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    public EncodedInput Encode(
        ReadOnlySpan<int> ids, IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
        => Scheduler is { } scheduler
            ? scheduler.Run(Request([ids.ToArray()], null, null, progress) with { WantsStates = true },
                finished => finished.States!, cancellation)
            : Engine.Encode(ids, LayerReport(progress), null, cancellation);

    /// <summary>Writes on token ids.</summary>
    /// <param name="inputs">Token ids of each input, each at least one.</param>
    /// <param name="options">They stand above <see cref="Defaults"/>.</param>
    /// <param name="listener">Hears of each step.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    /// <returns>The sequences of the first input, best first, then those of the second, and so on.</returns>
    /// <exception cref="ArgumentException">Options that contradict each other, or ids
    /// that the model does not have.</exception>
    public IReadOnlyList<Generated> Generate(
        IReadOnlyList<int[]> inputs, GenerationOptions? options = null, GenerationListener? listener = null,
        IProgress<GenerationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Run(inputs, (options ?? new()).Resolve(Defaults), listener, progress, cancellation);
    }

    /// <summary>
    /// Writes on a text: a prompt such as <c>summarize: ...</c>, or whatever the checkpoint was trained for.
    /// </summary>
    /// <param name="text">The text, without a limit of length but the memory at hand.</param>
    /// <param name="options">What is asked beside the text.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    /// <returns>The texts that were asked for (<c>num_return_sequences</c>), best first.</returns>
    /// <exception cref="ArgumentException">An empty text, or options that contradict each other.</exception>
    public IReadOnlyList<GeneratedText> Generate(
        string text, TextOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => new TextGeneration(this, text, (options ?? new()).Resolve(this)).Run(null, progress, cancellation);

    /// <summary>
    /// Writes on several texts together: what each alone would give, and sooner, because
    /// the decoder reads its weights once for all.
    /// </summary>
    /// <param name="texts">The texts; memory is shared evenly among them.</param>
    /// <param name="options">What is asked beside the texts.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    /// <returns>For each text, in order, the texts that were asked for, best first.</returns>
    /// <exception cref="ArgumentException">An empty text, or options that contradict each other.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedText>> GenerateAll(
        IReadOnlyList<string> texts, TextOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options = (options ?? new()).Resolve(this);
        return TextGeneration.RunAll([.. texts.Select(text => new TextGeneration(this, text, options, texts.Count))],
            null, cancellation);
    }

    /// <summary>
    /// Writes on several texts together, each by its own model: one base, or adapters that stand on it.
    /// </summary>
    /// <param name="texts">The texts and their models; memory is shared evenly among them.</param>
    /// <param name="options">What is asked beside the texts, by the defaults of the base.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    /// <returns>What each alone would give, in order.</returns>
    /// <exception cref="ArgumentException">An empty text, models of different bases, or
    /// options that contradict each other.</exception>
    public static IReadOnlyList<IReadOnlyList<GeneratedText>> GenerateAll(
        IReadOnlyList<(LongT5Model Model, string Text)> texts, TextOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0)
            return [];
        options = (options ?? new()).Resolve(texts[0].Model);
        return TextGeneration.RunAll(
            [.. texts.Select(one => new TextGeneration(one.Model, one.Text, options, texts.Count))], null,
            cancellation);
    }

    /// <summary>Writes on a text in the background.</summary>
    /// <inheritdoc cref="Generate(string, TextOptions?, IProgress{GenerationProgress}?, CancellationToken)"/>
    public Task<IReadOnlyList<GeneratedText>> GenerateAsync(
        string text, TextOptions? options = null, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => Task.Factory.StartNew(() => Generate(text, options, progress, cancellation), cancellation,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// Writes on a text and gives it out while it grows: whole words, none of which is ever taken back.
    /// </summary>
    /// <remarks>
    /// With beams, what all that can still win have in common is final, and comes
    /// at once. Leaving the loop stops the work.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <param name="options">What is asked beside the text.</param>
    /// <param name="done">Is given the whole when it is complete.</param>
    /// <param name="progress">Hears of each layer and each step.</param>
    /// <param name="cancellation">Stops the work, as leaving the loop does.</param>
    public IAsyncEnumerable<string> StreamAsync(
        string text, TextOptions? options = null, Action<GeneratedText>? done = null,
        IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
        => TextStream.Of((words, stop) => new TextGeneration(this, text, (options ?? new()).Resolve(this))
            .Run(words, progress, stop)[0], done, cancellation);

    /// <summary>What a text will take, before it is done: its tokens, operations and memory.</summary>
    public WorkEstimate Estimate(string text, TextOptions? options = null)
        => new TextGeneration(this, text, (options ?? new()).Resolve(this)).Estimate;

    /// <summary>
    /// Writes the model, its adapter merged, into a folder that transformers loads too: weights,
    /// configuration, vocabulary, generation options.
    /// </summary>
    /// <param name="folder">A folder that is new, or empty. It appears when it is whole.</param>
    /// <param name="type">F32, BF16 or F16 for all numbers; null keeps the type of each.</param>
    /// <param name="maxShardSize">Bytes of tensors in one file, unless a single tensor has more.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="IOException">The folder holds something already, or cannot be written.</exception>
    /// <exception cref="BadFileException">The checkpoint is damaged.</exception>
    public void Save(
        string folder, ElementType? type = null, long maxShardSize = 5_000_000_000,
        CancellationToken cancellation = default)
    {
        if (AdapterPath is null)
        {
            _checkpoint.Save(folder, type, maxShardSize, cancellation);
            return;
        }
        using var adapter = Adapter.Open(AdapterPath);
        _checkpoint.Merge(adapter).Save(folder, type, maxShardSize, cancellation);
    }

    /// <summary>
    /// Lets go of all it holds, once requests that run have ended; a new one
    /// throws <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        Scheduler?.Forget(Engine);
        Engine.Dispose();
        if (_base is not null)
            return;
        _checkpoint.Dispose();
        _ownWorkers?.Dispose();
    }
}
